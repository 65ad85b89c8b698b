"""Lengths of time as people write them in a configuration file: `90s`, `10m`, `4h`, `7d`."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainSerializer

_SHAPE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)\s*(ms|s|m|h|d|w)")
_UNIT = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}


def parse_duration(value: Any) -> timedelta:
    """A `timedelta` from text such as `10m`, or from one; anything else raises `ValueError` with the fix."""
    if isinstance(value, timedelta):
        return value
    hit = _SHAPE.fullmatch(value.strip()) if isinstance(value, str) else None
    if hit is None:
        raise ValueError('not a length of time; write a number and a unit, such as "90s", "10m", "4h" or "7d"')
    return timedelta(seconds=float(hit[1]) * _UNIT[hit[2]])


def format_duration(value: timedelta) -> str:
    """The shortest text that `parse_duration` reads back."""
    seconds = value.total_seconds()
    for unit in ("w", "d", "h", "m"):
        if seconds and seconds % _UNIT[unit] == 0:
            return f"{int(seconds // _UNIT[unit])}{unit}"
    return f"{seconds:g}s"


def _some(value: timedelta) -> timedelta:
    if value <= timedelta(0):
        raise ValueError('is no time at all; write a number above 0 and a unit, such as "90s"')
    return value


Duration = Annotated[timedelta, BeforeValidator(parse_duration), PlainSerializer(format_duration)]
Span = Annotated[timedelta, BeforeValidator(parse_duration), AfterValidator(_some), PlainSerializer(format_duration)]
"""A length of time that is not nothing."""

"""Reading payloads nobody promised anything about: any field may be absent, null, empty, of another type."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.contracts.messages import MAX_TEXT_CHARACTERS

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def _no_constant(name: str) -> object:
    raise ValueError(name)


STRICT_JSON = json.JSONDecoder(parse_constant=_no_constant)
"""Refuses NaN and the infinities, which JSON does not know and Python's reader takes."""


def text_of(value: object, limit: int = MAX_TEXT_CHARACTERS) -> str:
    """The text as every store can keep it: no NUL, no lone surrogates, cut at `limit`; empty for other types."""
    if not isinstance(value, str):
        return ""
    if not value.isascii():
        value = _LONE_SURROGATE.sub("\ufffd", value)
    return value.replace("\x00", "")[:limit]


def mapping(value: object) -> Mapping[str, Any]:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> Sequence[object]:
    """The array, or an empty one."""
    return value if isinstance(value, list) else ()

"""Names of the trade and the small integers they are stored as. Files grow at their end only: positions are stored."""

import csv
from collections.abc import Mapping
from enum import IntEnum
from pathlib import Path

_DATA = Path(__file__).with_name("data")


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class State(IntEnum):
    """Whether an event counts."""

    VALID = 0
    SUPERSEDED = 1  # the source sent a newer version
    VOIDED = 2  # the source took it back
    QUARANTINED = 3  # too far in the future to be true


class Precision(IntEnum):
    """How exact an event's time is."""

    SECOND = 0
    MINUTE = 1
    DAY = 2


class Role(IntEnum):
    """What a number is to its parcel."""

    MAIN = 0
    ORDER = 1
    LINEHAUL = 2
    LAST_MILE = 3
    RETURN = 4
    OTHER = 5


_MILESTONES = _rows("milestones.csv")
MILESTONE_NAMES: tuple[str, ...] = ("", *(row["code"] for row in _MILESTONES))
"""By stored number; 0 is nothing. Along the main line a later stage has a higher number."""
MILESTONE: Mapping[str, int] = {name: number for number, name in enumerate(MILESTONE_NAMES) if name}
STAGE: Mapping[str, int] = {row["code"]: int(row["stage"]) for row in _MILESTONES if row["stage"]}
"""Milestones that move the status; overlays and information have no stage."""
HOLDS = frozenset(row["code"] for row in _MILESTONES if row["kind"] == "hold")
FINAL = frozenset({"DELIVERED", "RETURNED", "LOST", "DESTROYED", "CANCELLED"})
_REASONS = _rows("reasons.csv")
REASON_NAMES: tuple[str, ...] = ("", *(row["code"] for row in _REASONS))
REASON: Mapping[str, int] = {name: number for number, name in enumerate(REASON_NAMES) if name}
KINDS: tuple[str, ...] = ("", "movement", "consignment", "container", "uld", "bag")
KIND: Mapping[str, int] = {name: number for number, name in enumerate(KINDS) if name}
RULES: tuple[str, ...] = ("", *(f"D{number:02d}" for number in range(1, 29)))
RULE: Mapping[str, int] = {name: number for number, name in enumerate(RULES) if name}
QUALITY: Mapping[str, int] = {"clock_skew": 1, "tz_assumed": 2, "inferred": 4, "activity_after_final": 8}


def quality_names(bits: int) -> frozenset[str]:
    """Names of quality bits."""
    return frozenset(name for name, bit in QUALITY.items() if bits & bit)

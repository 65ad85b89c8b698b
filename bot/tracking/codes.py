"""Names of the trade and the small integers they are stored as. Numbers in the files never change."""

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


_OVERLAYS = 500
"""Milestones from here on have no stage."""
_MILESTONES = _rows("milestones.csv")
MILESTONE: Mapping[str, int] = {row["code"]: int(row["id"]) for row in _MILESTONES}
"""The stored number is the stage where a milestone has one, so that SQL can compare stages."""
MILESTONE_NAMES: Mapping[int, str] = {number: name for name, number in MILESTONE.items()}
STAGE: Mapping[str, int] = {name: number for name, number in MILESTONE.items() if number < _OVERLAYS}
"""Milestones that move the status; overlays and information have no stage."""
HOLDS = frozenset(row["code"] for row in _MILESTONES if row["kind"] == "hold")
FINAL = frozenset({"DELIVERED", "RETURNED", "LOST", "DESTROYED", "CANCELLED"})
_REASONS = _rows("reasons.csv")
REASON: Mapping[str, int] = {row["code"]: int(row["id"]) for row in _REASONS}
REASON_NAMES: Mapping[int, str] = {number: name for name, number in REASON.items()}
KINDS: tuple[str, ...] = ("", "movement", "consignment", "container", "uld", "bag")
KIND: Mapping[str, int] = {name: number for number, name in enumerate(KINDS) if name}
RULES: tuple[str, ...] = ("", *(f"D{number:02d}" for number in range(1, 29)))
RULE: Mapping[str, int] = {name: number for number, name in enumerate(RULES) if name}
QUALITY: Mapping[str, int] = {"clock_skew": 1, "tz_assumed": 2, "inferred": 4, "activity_after_final": 8}


def quality_names(bits: int) -> frozenset[str]:
    """Names of quality bits."""
    return frozenset(name for name, bit in QUALITY.items() if bits & bit)

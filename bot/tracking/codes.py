"""Names of the trade and the small integers they are stored as. Numbers in the files never change."""

import csv
from collections.abc import Mapping
from enum import IntEnum
from pathlib import Path

DATA = Path(__file__).with_name("data")


def read_rows(name: str) -> list[dict[str, str]]:
    """Rows of one of the data files."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
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


OVERLAYS = 500
"""Milestones from here on have no stage."""
_MILESTONES = read_rows("milestones.csv")
MILESTONE: Mapping[str, int] = {row["code"]: int(row["id"]) for row in _MILESTONES}
"""The stored number is the stage where a milestone has one, so that SQL can compare stages."""
MILESTONE_NAMES: Mapping[int, str] = {number: name for name, number in MILESTONE.items()}
STAGE: Mapping[str, int] = {name: number for name, number in MILESTONE.items() if number < OVERLAYS}
"""Milestones that move the status; overlays and information have no stage."""
HOLDS = frozenset(MILESTONE[row["code"]] for row in _MILESTONES if row["kind"] == "hold")
FINAL = frozenset({"DELIVERED", "RETURNED", "LOST", "DESTROYED", "CANCELLED"})
FINAL_CODES = frozenset(MILESTONE[name] for name in FINAL)

TENDERED, DEPARTED, ARRIVED = (MILESTONE[f"LINEHAUL_{name}"] for name in ("TENDERED", "DEPARTED", "ARRIVED"))
HUB_RECEIVED, DELIVERED, INFO = MILESTONE["HUB_RECEIVED"], MILESTONE["DELIVERED"], MILESTONE["INFO_UPDATE"]
CUSTOMS_FIRST, CUSTOMS_LAST = MILESTONE["IMPORT_CUSTOMS_STARTED"], MILESTONE["IMPORT_CUSTOMS_REFUSED"]
DEPOT, RETURN_FIRST, RETURNED = MILESTONE["DEPOT_ARRIVED"], MILESTONE["RETURN_STARTED"], MILESTONE["RETURNED"]
OFFLOADED = MILESTONE["EXC_OFFLOADED"]

_REASONS = read_rows("reasons.csv")
REASON: Mapping[str, int] = {row["code"]: int(row["id"]) for row in _REASONS}
REASON_NAMES: Mapping[int, str] = {number: name for name, number in REASON.items()}
KINDS: tuple[str, ...] = ("", "movement", "consignment", "container", "uld", "bag")
KIND: Mapping[str, int] = {name: number for number, name in enumerate(KINDS) if name}
RULES: tuple[str, ...] = ("", *(f"D{number:02d}" for number in range(1, 29)))
RULE: Mapping[str, int] = {name: number for number, name in enumerate(RULES) if name}
QUALITY: Mapping[str, int] = {"clock_skew": 1, "tz_assumed": 2, "inferred": 4, "activity_after_final": 8}
_NO_QUALITY: frozenset[str] = frozenset()


def quality_names(bits: int) -> frozenset[str]:
    """Names of quality bits."""
    return frozenset(name for name, bit in QUALITY.items() if bits & bit) if bits else _NO_QUALITY

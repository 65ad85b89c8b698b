"""When a parcel may be delivered, from the service standards of the legs it has still to go."""

from datetime import datetime, timedelta
from functools import lru_cache
from math import hypot

from bot.delays.calendars import Calendars
from bot.delays.model import Estimate, Subject
from bot.delays.table import Leg, leg_for

SHARE = 0.8
"""Of comparable parcels between the two ends: the ends stand for one in ten earlier and one in ten later."""
FAST = 0.5
"""A fast parcel needs about this part of the median of a leg counted in hours."""

_CHAIN: tuple[tuple[str, int], ...] = (
    ("L01", 20), ("L02", 30), ("L03", 45), ("L04", 55), ("L05", 60), ("L06", 70), ("L07", 80),
    ("L08", 90), ("L09", 100), ("L10", 110), ("L11", 120), ("L12", 130), ("L13", 180),
)
"""Legs in order, with the stage that ends each."""
_REFUSED, _READY_FOR_PICK_UP = 112, 170
_IMPORT_HOLD = "IMPORT_CUSTOMS_HELD"


def estimate(subject: Subject, now: datetime, calendars: Calendars) -> Estimate | None:
    """A range, or None when nothing honest can be said: no scan, a hold of unknown end, on the way back, at the end."""
    stage, country = subject.stage, subject.country
    if stage is None or country is None or _is_open_ended(subject, stage):
        return None
    legs = _remaining(stage, subject.mode or "air", country, held=subject.hold == _IMPORT_HOLD)
    if legs is None:
        return None
    start = subject.status_at or now
    early = late = start
    spread = 0.0
    for leg in legs:
        fixed = _planned(subject, leg.name)
        if fixed is not None:
            early = late = max(fixed, early)
            spread = 0.0
        elif leg.calendar is None:
            early += _hours(leg.p50 * FAST)
            late += _hours(leg.p50)
            spread = hypot(spread, leg.p90 - leg.p50)
        else:  # from here the calendar of the actor counts days: what may be lost before is lost now
            late = max(late + _hours(spread), now)
            spread = 0.0
            calendar = leg.working_days(calendars, country)
            early = calendar.add_working_days(max(early, now), leg.p50)
            late = calendar.add_working_days(late, leg.p90)
        if leg is legs[0]:
            early, late = max(early, now), max(late, now)
    return Estimate(early, max(early, late + _hours(spread)), SHARE, "standards")


def _is_open_ended(subject: Subject, stage: int) -> bool:
    held = subject.hold is not None and subject.hold != _IMPORT_HOLD
    return subject.final or held or stage == _REFUSED or stage >= _READY_FOR_PICK_UP


@lru_cache(maxsize=4096)
def _remaining(stage: int, mode: str, country: str, *, held: bool) -> tuple[Leg, ...] | None:
    """Legs still to go after a stage; None when a standard is missing."""
    found: list[Leg] = []
    for name, ends_at in _CHAIN:
        if ends_at <= stage:
            continue
        if name == "L10" and held:
            name = "L10h"
        leg = leg_for(name, country if name == "L13" else mode)
        if leg is None:
            return None
        found.append(leg)
    return tuple(found)


@lru_cache(maxsize=1024)
def _hours(amount: float) -> timedelta:
    """The standards know few lengths, and making one costs more than finding it."""
    return timedelta(hours=amount)


def _planned(subject: Subject, leg: str) -> datetime | None:
    if leg == "L06":
        return subject.planned_departure
    if leg == "L07":
        return subject.expected_arrival or subject.planned_arrival
    return None

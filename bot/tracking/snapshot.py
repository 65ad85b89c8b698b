"""A parcel's own status kept ready, moved on by one event at a time where that is safe, and combined with what
carries it.

`advance` says False when only all events together can tell; then `status.judge` does, and both agree.
"""

from typing import Protocol

from bot.tracking.codes import (
    ARRIVED,
    CUSTOMS_FIRST,
    CUSTOMS_LAST,
    DELIVERED,
    DEPOT,
    HOLDS,
    OVERLAYS,
    RETURN_FIRST,
)
from bot.tracking.merging import SAME_FACT
from bot.tracking.status import Status

CARRIED_UP_TO = DEPOT - 1
"""What carries parcels can take them no further: delivery is a parcel's own."""
_PICKUP = 170


class Snapshot(Protocol):
    """A parcel's own status as it is stored."""

    milestone: int | None
    status_at: int | None
    customs: int | None
    customs_at: int | None
    hold: int | None
    hold_reason: int | None
    held_since: int | None


def advance(own: Snapshot, milestone: int, at: int) -> bool:
    """Take one more event over; False: judge all events instead."""
    current = own.milestone or 0
    if milestone in HOLDS or (own.hold is not None and milestone < OVERLAYS):
        return False
    if milestone >= OVERLAYS:
        return True
    if _customs_matter(own, current, milestone):
        return False
    if milestone == current and abs(at - (own.status_at or 0)) <= SAME_FACT:
        return False  # perhaps the same fact from a better source
    if milestone < DEPOT and current < RETURN_FIRST:
        if (milestone, at) > (current, own.status_at or 0):
            own.milestone, own.status_at = milestone, at
        return True
    return _advance_delivery(own, current, milestone, at)


def _customs_matter(own: Snapshot, current: int, milestone: int) -> bool:
    """Whether import customs may begin or cease to count."""
    if own.customs is not None:
        return True
    if CUSTOMS_FIRST <= current <= CUSTOMS_LAST:
        return milestone < CUSTOMS_FIRST
    return CUSTOMS_FIRST <= milestone <= CUSTOMS_LAST and current < ARRIVED


def _advance_delivery(own: Snapshot, current: int, milestone: int, at: int) -> bool:
    if current >= DELIVERED or milestone > DELIVERED:
        return False
    if milestone == DELIVERED or current < DEPOT or (at, milestone) > (own.status_at or 0, current):
        own.milestone, own.status_at = milestone, at
    return True


def settle(own: Snapshot, status: Status) -> None:
    """Take over what all events together say."""
    own.milestone, own.status_at = status.milestone, status.at
    early, hold = status.early_customs, status.holds[0] if status.holds else None
    own.customs, own.customs_at = (early.milestone, early.order) if early is not None else (None, None)
    own.hold, own.hold_reason, own.held_since = (hold.milestone, hold.reason, hold.since) if hold else (None,) * 3


def effective(
    own: tuple[int | None, int | None], customs: tuple[int | None, int | None],
    haul: tuple[int | None, int | None], unit: tuple[int | None, int | None],
) -> tuple[int | None, int | None]:
    """Milestone and instant with what carries the parcel: each argument is such a pair."""
    stage = own[0] or 0
    if stage < DEPOT:
        carried = unit if (unit[0] or 0) > (haul[0] or 0) else haul
        if (carried[0] or 0) > stage:
            own, stage = carried, carried[0] or 0
        if customs[0] is not None and (stage == 0 or ARRIVED <= stage < customs[0]):
            own = customs
    return own

"""How far behind a group is, and what its linehaul is expected to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.tracking.affected import HaulFacts

_NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Behind:
    """How late at worst."""

    since: datetime
    """For a linehaul its plan, for parcels the oldest deadline that passed."""
    by: timedelta
    expected: datetime | None = None
    """When the linehaul should come now."""


def behind(haul: HaulFacts | None, *, leaving: bool, oldest: datetime, now: datetime) -> Behind:
    """Against the plan where there is one; a linehaul that has not come is at least as late as it is now."""
    plan = None if haul is None else haul.planned_departure if leaving else haul.planned_arrival
    if haul is None or plan is None:
        return Behind(oldest, max(_NONE, now - oldest))
    done = haul.departed_at if leaving else haul.arrived_at
    if done is not None:
        return Behind(plan, max(_NONE, done - plan))
    expected = None if leaving else haul.expected_arrival
    at = now if expected is None else max(now, expected)
    return Behind(plan, max(_NONE, at - plan), expected if expected is not None and expected > now else None)

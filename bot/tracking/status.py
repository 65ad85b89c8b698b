"""Where a parcel is, from everything reported of it and of what carried it. Pure; instants are microseconds.

Milestones are numbers of `codes.py`: below `OVERLAYS` the number is the stage.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from bot.tracking.codes import (
    ARRIVED,
    CUSTOMS_FIRST,
    CUSTOMS_LAST,
    DELIVERED,
    DEPOT,
    FINAL_CODES,
    HOLDS,
    MILESTONE,
    OVERLAYS,
    RETURN_FIRST,
    RETURNED,
    Precision,
)
from bot.tracking.merging import visible_of

HALF_DAY = 12 * 3_600_000_000
_OUT, _PICKUP, _ATTEMPTED = (
    MILESTONE[name] for name in ("OUT_FOR_DELIVERY", "AVAILABLE_FOR_PICKUP", "DELIVERY_ATTEMPTED")
)
_ENDS = FINAL_CODES - {DELIVERED, RETURNED}
_ATTEMPTS = frozenset({_ATTEMPTED, DELIVERED})
_SKEW = 1


class Fact(NamedTuple):
    """One event that counts, as the rules need it."""

    key: int
    milestone: int
    at: int | None
    """None: the source gave no time. A day is given by its noon."""
    received: int
    precision: int = Precision.SECOND
    quality: int = 0
    source: int | str = 0
    rank: int = 0
    reason: int | None = None
    location: str | None = None
    subject: int = 0
    stored: Sequence[Any] = ()
    """The whole row, for what is shown of it."""

    @property
    def order(self) -> int:
        """Where it stands in time; a day's event at the end of its day."""
        if self.at is None:
            return self.received
        return self.at + HALF_DAY - 1 if self.precision == Precision.DAY else self.at


class Hold(NamedTuple):
    """Something that keeps the parcel from going on."""

    milestone: int
    reason: int | None
    since: int
    location: str | None


class Status(NamedTuple):
    """The verdict."""

    fact: Fact | None
    """The event that decides; None: nothing that counts has been reported."""
    at: int | None
    """When that was, a day's event at the end of its day."""
    holds: tuple[Hold, ...]
    """Open ones, the oldest first."""
    flags: frozenset[str]
    attempts: int
    visible: tuple[Fact, ...]
    """Oldest first, the same fact from several sources once."""
    early_customs: Fact | None
    """Import customs that does not count for the stage yet."""

    @property
    def milestone(self) -> int | None:
        """Number of the deciding milestone, which is its stage."""
        return self.fact.milestone if self.fact is not None else None

    @property
    def final(self) -> bool:
        """True when nothing more is expected."""
        return self.fact is not None and self.fact.milestone in FINAL_CODES


def judge(facts: Iterable[Fact]) -> Status:
    """Apply the rules to all facts of a parcel and of what carried it."""
    visible = visible_of(facts)
    seen = {fact.milestone for fact in visible}
    staged = [fact for fact in visible if fact.milestone < OVERLAYS]
    early = _early_customs(staged)
    counting = [fact for fact in staged if not _is_customs(fact)] if early is not None else staged
    chosen = _choose(counting)
    at = chosen.order if chosen is not None else None
    final = chosen is not None and chosen.milestone in FINAL_CODES
    flags = {"customs_predeclared"} if early is not None else set()
    if [True for fact in visible if fact.quality & _SKEW]:
        flags.add("clock_skew")
    if at is not None and final and any(_goes_on(fact, at) for fact in counting):
        flags.add("activity_after_final")
    return Status(
        fact=chosen, at=at, holds=() if final or HOLDS.isdisjoint(seen) else _open_holds(visible),
        flags=frozenset(flags), attempts=0 if _ATTEMPTS.isdisjoint(seen) else _attempts(visible),
        visible=tuple(visible), early_customs=early,
    )


def _is_customs(fact: Fact) -> bool:
    return CUSTOMS_FIRST <= fact.milestone <= CUSTOMS_LAST


def _early_customs(staged: Sequence[Fact]) -> Fact | None:
    """Import customs before any arrival does not count; where nothing is known of the way it speaks for itself."""
    customs = [fact for fact in staged if _is_customs(fact)]
    if not customs or len(customs) == len(staged):
        return None
    if any(fact.milestone >= ARRIVED and not _is_customs(fact) for fact in staged):
        return None
    return max(customs, key=lambda fact: (fact.milestone, fact.order))


def _choose(counting: Sequence[Fact]) -> Fact | None:
    """Branch first, then a final status, then the latest of the delivery stages, else the highest stage."""
    if not counting:
        return None
    highest = max([fact.milestone for fact in counting])
    if highest < DEPOT:
        return max([fact for fact in counting if fact.milestone == highest], key=_by_order)
    back = [fact for fact in counting if RETURN_FIRST <= fact.milestone <= RETURNED]
    ends = [fact for fact in counting if fact.milestone in _ENDS]
    forth = [fact for fact in counting if _OUT <= fact.milestone <= DELIVERED]
    returned = [fact for fact in back if fact.milestone == RETURNED]
    delivered = [fact for fact in forth if fact.milestone == DELIVERED]
    if back and (_latest(back) > _latest(forth) or _latest(returned) > _latest(delivered)):
        return _of_return(back, ends)
    return _of_main(counting, ends)


def _of_return(back: Sequence[Fact], ends: Sequence[Fact]) -> Fact:
    """On the way back the highest stage counts, unless the parcel ended after the last step back."""
    after = [fact for fact in ends if fact.order > _latest(back)]
    return min(after, key=_by_order) if after else max(back, key=lambda fact: (fact.milestone, fact.order))


def _of_main(counting: Sequence[Fact], ends: Sequence[Fact]) -> Fact | None:
    delivered = [fact for fact in counting if fact.milestone == DELIVERED]
    finals = [min(group, key=_by_order) for group in (delivered, ends) if group]
    if finals:
        return max(finals, key=_by_order)
    last = [fact for fact in counting if DEPOT <= fact.milestone <= _PICKUP]
    if last:
        return max(last, key=lambda fact: (fact.order, fact.milestone))
    return max((fact for fact in counting if fact.milestone < DEPOT), key=lambda fact: (fact.milestone, fact.order),
               default=None)


def _latest(facts: Sequence[Fact]) -> int:
    return max((fact.order for fact in facts), default=0)


def _by_order(fact: Fact) -> int:
    return fact.order


def _goes_on(fact: Fact, at: int) -> bool:
    return fact.order > at and fact.milestone not in FINAL_CODES


def _attempts(visible: Sequence[Fact]) -> int:
    """Failed attempts and the successful one."""
    failed = sum(fact.milestone == _ATTEMPTED for fact in visible)
    return failed + any(fact.milestone == DELIVERED for fact in visible)


def _open_holds(visible: Sequence[Fact]) -> tuple[Hold, ...]:
    """Holds stand beside the status until a release or a later stage reported at or after them."""
    holds: dict[int, Hold] = {}
    for fact in visible:  # in order of time
        if fact.milestone in HOLDS:
            first = holds.get(fact.milestone)
            since = fact.order if first is None else first.since
            holds[fact.milestone] = Hold(fact.milestone, fact.reason, since, fact.location)
        elif fact.milestone < OVERLAYS:
            holds = {name: hold for name, hold in holds.items() if not _closes(fact, name)}
    return tuple(sorted(holds.values(), key=lambda hold: hold.since))


def _closes(fact: Fact, hold: int) -> bool:
    """A later stage than the hold's; a hold without stage of its own ends when the parcel is seen to go on."""
    return hold >= OVERLAYS or fact.milestone > hold

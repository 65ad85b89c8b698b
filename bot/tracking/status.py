"""Where a parcel is, from everything reported of it and of what carried it. Pure; instants are microseconds."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.tracking.codes import FINAL, HOLDS, STAGE, Precision, State

DAY = 86_400_000_000
SAME_FACT = 30 * 60_000_000
"""The same milestone from two sources within this time is one fact; a delivery: on the same day."""
_ARRIVED = frozenset({"LINEHAUL_ARRIVED", "HUB_RECEIVED"})
_CUSTOMS = range(100, 113)
_DELIVERY = range(150, 171)
_RETURN = range(210, 231)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One event as the rules need it."""

    id: int
    milestone: str
    at: int | None
    received: int
    precision: int = Precision.SECOND
    state: int = State.VALID
    source: str = ""
    reason: str | None = None
    location: str | None = None
    skewed: bool = False

    @property
    def order(self) -> int:
        """Where it stands in time; a day's event at the end of its day."""
        if self.at is None:
            return self.received
        return self.at - self.at % DAY + DAY - 1 if self.precision == Precision.DAY else self.at

    @property
    def stage(self) -> int | None:
        """Stage of its milestone."""
        return STAGE.get(self.milestone)


@dataclass(frozen=True, slots=True)
class Hold:
    """Something that keeps the parcel from going on."""

    milestone: str
    reason: str | None
    since: int | None
    location: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """The verdict."""

    milestone: str | None
    stage: int | None
    at: int | None
    fact: Fact | None
    final: bool
    holds: tuple[Hold, ...]
    flags: frozenset[str]
    attempts: int
    visible: tuple[Fact, ...]
    """Newest first, the same fact from several sources once."""

    @property
    def reason(self) -> str | None:
        """Reason of the deciding event."""
        return self.fact.reason if self.fact is not None else None


def judge(facts: Sequence[Fact]) -> Status:
    """Apply the rules to all facts of a parcel and its parents; only valid ones count."""
    valid = sorted((fact for fact in facts if fact.state == State.VALID), key=lambda fact: (fact.order, fact.id))
    visible = _merged(valid)
    arrived = _has_arrived(visible)
    counting = [fact for fact in visible if fact.stage is not None and (arrived or fact.stage not in _CUSTOMS)]
    flags = set()
    if any(fact.skewed for fact in visible):
        flags.add("clock_skew")
    if not arrived and any(fact.stage in _CUSTOMS for fact in visible):
        flags.add("customs_predeclared")
    chosen = _choose(counting)
    final = chosen is not None and chosen.milestone in FINAL
    if chosen is not None and final and any(_after(fact, chosen) for fact in counting):
        flags.add("activity_after_final")
    attempts = sum(fact.milestone == "DELIVERY_ATTEMPTED" for fact in visible)
    if attempts and any(fact.milestone == "DELIVERED" for fact in visible):
        attempts += 1
    return Status(
        milestone=chosen.milestone if chosen else None, stage=chosen.stage if chosen else None,
        at=chosen.at if chosen else None, fact=chosen, final=final,
        holds=() if final else _open_holds(visible, chosen), flags=frozenset(flags), attempts=attempts,
        visible=tuple(reversed(visible)),
    )


def _has_arrived(visible: Sequence[Fact]) -> bool:
    """Import customs may be declared before arrival; where nothing is known of the way, customs speaks for itself."""
    stages = [fact.stage for fact in visible if fact.stage is not None]
    if any(fact.milestone in _ARRIVED for fact in visible) or any(stage > 112 for stage in stages):
        return True
    return all(stage in _CUSTOMS for stage in stages)


def _after(fact: Fact, final: Fact) -> bool:
    return fact.order > final.order and fact.stage not in _RETURN and fact.milestone not in FINAL


def _choose(counting: Sequence[Fact]) -> Fact | None:
    """Branch first, then a final status, then the latest of the delivery stages, else the highest stage."""
    back = [fact for fact in counting if fact.stage in _RETURN]
    forth = [fact for fact in counting if fact.stage not in _RETURN]
    if back:
        last_forth = max((fact.order for fact in forth if fact.milestone != "CANCELLED"), default=0)
        if max(fact.order for fact in back) > last_forth:
            return max(back, key=lambda fact: (fact.stage or 0, fact.order))
    finals = [fact for fact in forth if fact.milestone in FINAL]
    if finals:
        return min(finals, key=lambda fact: fact.order)
    delivery = [fact for fact in forth if fact.stage in _DELIVERY]
    if delivery:
        return max(delivery, key=lambda fact: (fact.order, fact.stage or 0))
    if not forth:
        return None
    top = max(fact.stage or 0 for fact in forth)
    return max((fact for fact in forth if fact.stage == top), key=lambda fact: fact.order)


def _open_holds(visible: Sequence[Fact], chosen: Fact | None) -> tuple[Hold, ...]:
    holds: dict[str, Fact] = {}
    for fact in visible:
        if fact.milestone in HOLDS:
            holds.setdefault(fact.milestone, fact)
        elif fact.stage is not None:
            for name, hold in list(holds.items()):
                if _closes(fact, hold):
                    del holds[name]
    if chosen is not None:
        holds = {name: hold for name, hold in holds.items() if not _passed(hold, chosen)}
    return tuple(Hold(fact.milestone, fact.reason, fact.at, fact.location) for fact in holds.values())


def _closes(fact: Fact, hold: Fact) -> bool:
    """A release, or any later stage."""
    if fact.milestone == hold.milestone:
        return False
    if hold.stage is not None:
        return (fact.stage or 0) > hold.stage
    return fact.order > hold.order


def _passed(hold: Fact, chosen: Fact) -> bool:
    return hold.stage is not None and chosen.milestone != hold.milestone and (chosen.stage or 0) > hold.stage


def _merged(valid: Sequence[Fact]) -> list[Fact]:
    """The same fact from two sources is one; the first stays."""
    kept: list[Fact] = []
    for fact in valid:
        if not any(_same(fact, earlier) for earlier in reversed(kept)):
            kept.append(fact)
    return kept


def _same(fact: Fact, earlier: Fact) -> bool:
    if fact.milestone != earlier.milestone or fact.at is None or earlier.at is None:
        return False
    if fact.milestone == "DELIVERED":
        return fact.at // DAY == earlier.at // DAY
    return fact.source != earlier.source and abs(fact.at - earlier.at) <= SAME_FACT

"""What is due next of parcels and linehauls, and what is no longer late."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import Protocol, overload

from bot.delays import Due, Subject
from bot.store.schema import from_micros, to_micros
from bot.tracking.codes import (
    FINAL_CODES,
    HUB_RECEIVED,
    KINDS,
    MILESTONE,
    MILESTONE_NAMES,
    RULE,
    RULES,
    STAGE,
)
from bot.tracking.haulstate import HaulState
from bot.tracking.lateness import LatenessEnded
from bot.tracking.naming import LaneParts
from bot.tracking.parcelstate import ParcelState
from bot.tracking.snapshot import CARRIED_UP_TO, effective

HOUR = 3_600_000_000
LOOK_AFTER_ARRIVAL = 12 * HOUR
"""A parcel with nothing due of its own is looked at again so long after what carries it should have arrived."""
LOOK_AGAIN = 24 * HOUR
_PROMISE = RULE["D24"]
_AT = attrgetter("at")


class Standards(Protocol):
    """What tracking asks of delays."""

    def owed(self, subject: Subject, now: datetime | None = None) -> Sequence[Due]:
        """What must happen and by when.

        With `now`, a parcel under way is looked at again instead of being late by itself.
        """


Carriers = tuple[HaulState | None, HaulState | None]
"""What a parcel is on and in: consignment or movement, then unit."""


def stage_of(parcel: ParcelState, carriers: Carriers) -> tuple[int | None, int | None]:
    """A parcel's milestone and its instant, with what carries it."""
    haul, unit = carriers
    return effective(
        (parcel.milestone, parcel.status_at), (parcel.customs, parcel.customs_at),
        (None, None) if haul is None else (haul.milestone, haul.status_at),
        (None, None) if unit is None else (unit.milestone, unit.status_at),
    )


def judge_parcel(
    parcel: ParcelState, lane: LaneParts, carriers: Carriers, *, standards: Standards, now: int
) -> LatenessEnded | None:
    """Set what is due next; returns the lateness that ended, if one did."""
    reached = stage_of(parcel, carriers)
    if reached[0] in FINAL_CODES and parcel.late_since is None:
        _owe(parcel, None)
        return None
    subject = parcel_subject(parcel, lane, carriers, reached)
    owed = standards.owed(subject, _shared(now))
    ended = None
    if parcel.late_since is not None:
        ended = _ended(parcel, subject, owed, now)
        if ended is not None:
            parcel.changed = True
    _schedule(parcel, owed, _look_again(parcel, subject.stage, carriers, now))
    return ended


def take_parcel(
    parcel: ParcelState, lane: LaneParts, carriers: Carriers, *, standards: Standards, now: int
) -> tuple[Due, Subject, str | None] | None:
    """A parcel whose instant has come: late, by what and instead of what; or None, and due later."""
    reached = stage_of(parcel, carriers)
    subject, instant = parcel_subject(parcel, lane, carriers, reached), _shared(now)
    owed = standards.owed(subject, instant)
    due = _next(parcel, owed)
    taken = None
    if due is not None and due.at <= instant:
        taken = (due, subject, _become_late(parcel, due))
    parcel.due_at = None
    _schedule(parcel, owed, _look_again(parcel, subject.stage, carriers, now))
    return taken


def take_haul(haul: HaulState, *, standards: Standards, now: int) -> tuple[Due, str | None] | None:
    """The same for a linehaul."""
    owed = standards.owed(haul_subject(haul), _shared(now))
    due = _next(haul, owed)
    taken = None
    if due is not None and due.at <= _shared(now):
        taken = (due, _become_late(haul, due))
    _set_due(haul, _next(haul, owed))
    haul.changed = True
    return taken


def parcel_subject(
    parcel: ParcelState, lane: LaneParts, carriers: Carriers, reached: tuple[int | None, int | None]
) -> Subject:
    """A parcel as delays judges it; `reached` is what `stage_of` says."""
    milestone, at = reached
    name = None if milestone is None else MILESTONE_NAMES[milestone]
    outer = carriers[0] or carriers[1]
    held = _instant(parcel.held_since) if parcel.hold is not None else None
    if outer is None:
        return Subject(
            kind="parcel", milestone=name, stage=milestone, status_at=_instant(at), mode=lane.mode, hub=lane.hub,
            country=lane.country, promised_at=_instant(parcel.promised_at), final=milestone in FINAL_CODES,
            held_since=held, hold=MILESTONE_NAMES.get(parcel.hold or 0),
        )
    return Subject(
        kind="parcel", milestone=name, stage=milestone, status_at=_instant(at), mode=lane.mode or outer.mode,
        hub=lane.hub or outer.hub, country=lane.country or outer.country, promised_at=_instant(parcel.promised_at),
        final=milestone in FINAL_CODES, held_since=held, hold=MILESTONE_NAMES.get(parcel.hold or 0),
        planned_arrival=_shared(outer.planned_arrival), expected_arrival=_shared(outer.expected_arrival),
        arrived_at=_shared(outer.arrived_at),
    )


def judge_haul(haul: HaulState, *, standards: Standards, now: int) -> LatenessEnded | None:
    """The same for a linehaul."""
    subject = haul_subject(haul)
    owed = standards.owed(subject, _shared(now))
    ended = None if haul.late_since is None else _ended(haul, subject, owed, now)
    _set_due(haul, _next(haul, owed))
    return ended


def haul_subject(haul: HaulState) -> Subject:
    """A linehaul as delays judges it."""
    name = MILESTONE_NAMES[haul.milestone] if haul.milestone is not None else None
    return Subject(
        kind=KINDS[haul.kind],  # type: ignore[arg-type]  # the names are those of the literal
        milestone=name, stage=STAGE.get(name or ""), status_at=_instant(haul.status_at), mode=haul.mode, hub=haul.hub,
        country=haul.country, planned_departure=_instant(haul.planned_departure),
        departed_at=_instant(haul.departed_at), planned_arrival=_instant(haul.planned_arrival),
        expected_arrival=_instant(haul.expected_arrival), told_at=_instant(haul.told_at),
        arrived_at=_instant(haul.arrived_at),
    )


def _schedule(parcel: ParcelState, owed: Sequence[Due], look: int | None) -> None:
    _owe(parcel, _next(parcel, owed))
    wake = look if parcel.owed_at is None or (look is not None and look < parcel.owed_at) else parcel.owed_at
    if wake is not None and (parcel.due_at is None or wake < parcel.due_at):
        parcel.due_at, parcel.changed = wake, True


def _next(subject: ParcelState | HaulState, owed: Sequence[Due]) -> Due | None:
    """The first deadline. While late, only what was not told and becomes due later, and nothing after a promise."""
    late = subject.late_since
    if late is None:
        return _first(owed)
    if subject.late_rule == _PROMISE:
        return None
    told = subject.told_rules
    return _first([due for due in owed if not told >> RULE[due.rule] & 1 and to_micros(due.at) > late])


def _first(owed: Sequence[Due]) -> Due | None:
    if len(owed) < 2:
        return owed[0] if owed else None
    return min(owed, key=_AT)


def _become_late(subject: ParcelState | HaulState, due: Due) -> str | None:
    """Mark as late; returns the rule by which it was late until now."""
    replaced = RULES[subject.late_rule] if subject.late_rule else None
    rule = RULE[due.rule]
    subject.late_since, subject.late_milestone, subject.late_rule = to_micros(due.at), MILESTONE[due.milestone], rule
    subject.told_rules |= 1 << rule
    return replaced


def _ended(late: ParcelState | HaulState, subject: Subject, owed: Sequence[Due], now: int) -> LatenessEnded | None:
    """The awaited milestone or a later one is there, or nothing is overdue any more; clears the columns."""
    assert late.late_rule is not None
    stage, awaited = subject.stage, late.late_milestone
    reached = stage is not None and (subject.final or (awaited is not None and stage >= awaited))
    if not reached and any(due.at <= _shared(now) for due in owed):
        return None
    ended = LatenessEnded(
        subject_kind="parcel" if isinstance(late, ParcelState) else "linehaul", id=late.id,
        rule=RULES[late.late_rule], milestone=subject.milestone if reached else None,
        at=subject.status_at if reached else None,
    )
    late.late_since = late.late_milestone = late.late_rule = None
    late.told_rules = 0
    return ended


def _owe(parcel: ParcelState, due: Due | None) -> None:
    """What is due next; an earlier instant to look at the parcel stays, and the sweep finds nothing then."""
    wanted = (None, None, None) if due is None else (to_micros(due.at), MILESTONE[due.milestone], RULE[due.rule])
    if wanted != (parcel.owed_at, parcel.due_milestone, parcel.due_rule):
        parcel.owed_at, parcel.due_milestone, parcel.due_rule = wanted
        parcel.changed = True


def _set_due(haul: HaulState, due: Due | None) -> None:
    wanted = (None, None, None) if due is None else (to_micros(due.at), MILESTONE[due.milestone], RULE[due.rule])
    haul.due_at, haul.due_milestone, haul.due_rule = wanted


def _look_again(parcel: ParcelState, milestone: int | None, carriers: Carriers, now: int) -> int | None:
    """What carries a parcel goes on without touching it: look again when that may have changed what is due."""
    outer = carriers[0] or carriers[1]
    if outer is None or (milestone or 0) > CARRIED_UP_TO or (parcel.milestone or 0) >= HUB_RECEIVED:
        return None
    arrival = outer.expected_arrival or outer.planned_arrival
    if outer.arrived_at is None and arrival is not None and arrival + LOOK_AFTER_ARRIVAL > now:
        return arrival + LOOK_AFTER_ARRIVAL
    return now + LOOK_AGAIN


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)


@overload
def _shared(micros: int) -> datetime: ...
@overload
def _shared(micros: int | None) -> datetime | None: ...
@lru_cache(maxsize=1024)
def _shared(micros: int | None) -> datetime | None:
    """The same for what many parcels have in common: the present, and the times of what carries them."""
    return None if micros is None else from_micros(micros)

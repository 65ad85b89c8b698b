"""Pictures of parcels and linehauls out of their rows, each kind of thing read at once for all of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, select

from bot.people import PartnerScope
from bot.store.schema import from_micros
from bot.tracking.carriage import EVENTS, Carriage, facts_from
from bot.tracking.codes import (
    HOLDS,
    KINDS,
    MILESTONE_NAMES,
    OVERLAYS,
    REASON_NAMES,
    RULES,
    quality_names,
)
from bot.tracking.finding import FoundParcel, other_numbers
from bot.tracking.haulstate import HAUL_COLUMNS, HaulState
from bot.tracking.lists import NUMBERS, ListQuery
from bot.tracking.parcelstate import ParcelState
from bot.tracking.status import Fact, Status, judge
from bot.tracking.tables import linehaul
from bot.tracking.views import EventView, HoldView, LinehaulView, ParcelView, Precision

_PRECISION: Mapping[int, Precision] = {0: "second", 1: "minute", 2: "day"}
_OPERATOR, _NOTE, _CODE, _SOURCE, _HEARD, _REPORTER = 13, 14, 15, 16, 17, 18
SOMEBODY = "feed"
"""Stands for the name of a source that is not the reader's to know."""

_HAULS = ListQuery(NUMBERS, lambda wanted: select(*HAUL_COLUMNS).join_from(
    wanted, linehaul, linehaul.c.id == wanted.c.value))


class Reader:
    """Everything some parcels and linehauls need to be shown, read at once."""

    def __init__(
        self, conn: Connection, scope: PartnerScope, parcels: Sequence[FoundParcel], hauls: Iterable[int] = ()
    ) -> None:
        self._scope = scope
        states = [one.state for one in parcels]
        self._carriage = Carriage(conn, [*(one.id for one in states), *(-key for key in hauls)])
        self._facts = facts_from(EVENTS.all(conn, list(self._carriage.parents)))
        self._hauls = dict(self._carriage.hauls)
        named = {key for one in states for key in (one.linehaul_id, one.unit_id) if key is not None}
        self._load_hauls(conn, named.union(hauls))
        self._load_hauls(conn, {one.top_id for one in self._hauls.values() if one.top_id})
        self._numbers = other_numbers(conn, parcels)

    def _load_hauls(self, conn: Connection, wanted: set[int]) -> None:
        missing = wanted - self._hauls.keys()
        if missing:
            self._hauls |= load_hauls(conn, missing)

    def status(self, state: ParcelState) -> Status:
        """The verdict on a parcel."""
        return judge(self._carriage.facts_of(state.id, self._facts))

    def parcel(self, found: FoundParcel) -> ParcelView:
        """The picture of a parcel."""
        state, lane = found.state, found.lane
        status, outer = self.status(state), self.outermost(state)
        fact, visible = status.fact, status.visible
        return ParcelView(
            id=state.id, partner_id=state.partner_id, partner=found.partner, number=state.number,
            aliases=tuple(sorted(self._numbers.get(state.id, ()))), lane=found.lane_name,
            mode=_mode(lane.mode or (outer.mode if outer else None)), hub=lane.hub or (outer.hub if outer else None),
            country=lane.country, carrier=lane.carrier, promised_at=instant(state.promised_at),
            milestone=None if fact is None else MILESTONE_NAMES[fact.milestone],
            stage=None if fact is None else fact.milestone, status_at=shown_at(fact),
            place=None if fact is None else fact.location,
            source=None if fact is None else self._words(fact)[0], final=status.final, reason=_reason(status),
            holds=_holds(status), flags=status.flags, attempts=status.attempts,
            events=tuple([self._event(one, state.number) for one in reversed(visible)]),
            linehaul=haul_view(outer) if outer is not None else None,
            due_at=instant(state.owed_at),
            due_milestone=MILESTONE_NAMES.get(state.due_milestone or 0), late_since=instant(state.late_since),
            late_rule=RULES[state.late_rule] if state.late_rule else None,
            data_as_of=_heard(visible) or _instant(state.first_seen),
            precision=_PRECISION[fact.precision] if fact is not None else "second",
        )

    def outermost(self, state: ParcelState) -> HaulState | None:
        """What carries the parcel now, or carried it last."""
        key = state.linehaul_id if state.linehaul_id is not None else state.unit_id
        haul = None if key is None else self._hauls.get(key)
        return haul if haul is None or haul.top_id is None else self._hauls.get(haul.top_id, haul)

    def haul(self, key: int) -> tuple[HaulState, tuple[EventView, ...], datetime | None]:
        """A linehaul, its events newest first, and when its sources were last heard."""
        facts = judge(self._carriage.facts_of(-key, self._facts)).visible
        state = self._hauls[key]
        return state, tuple([self._event(one, state.key) for one in reversed(facts)]), _heard(facts)

    def carrier_of(self, state: HaulState) -> HaulState:
        """The outermost that carries a linehaul; itself when nothing does."""
        return self._hauls.get(state.top_id or state.id, state)

    def _event(self, fact: Fact, number: str) -> EventView:
        source, text, operator = self._words(fact)
        haul = self._hauls.get(-fact.subject) if fact.subject < 0 else None
        return EventView(
            id=fact.key, milestone=MILESTONE_NAMES[fact.milestone], occurred_at=instant(fact.at),
            precision=_PRECISION[fact.precision], received_at=_instant(fact.received), location=fact.location,
            reason=REASON_NAMES.get(fact.reason or 0), source=source, text=text,
            scope="parcel" if haul is None else KINDS[haul.kind],  # type: ignore[arg-type]  # the literal's names
            scope_key=number if haul is None else haul.key, operator=operator,
            quality=quality_names(fact.quality),
        )

    def _words(self, fact: Fact) -> tuple[str, str | None, str | None]:
        """Source, text and operator of an event; another partner's words about what both ride on stay theirs."""
        row = fact.stored
        if row[_REPORTER] is not None and not self._scope.allows(row[_REPORTER]):
            return SOMEBODY, None, None
        return row[_SOURCE], row[_NOTE] or row[_CODE], row[_OPERATOR]


def load_hauls(conn: Connection, ids: Iterable[int]) -> dict[int, HaulState]:
    """Linehauls by key."""
    return {row[0]: HaulState(row) for row in _HAULS.all(conn, sorted(set(ids)))}


def haul_view(state: HaulState, top: HaulState | None = None) -> LinehaulView:
    """The picture of a linehaul without its parcels; `top` carries it and knows the times it does not."""
    plan = state if top is None or state.planned_arrival is not None else top
    return LinehaulView(
        id=state.id, kind=KINDS[state.kind],  # type: ignore[arg-type]  # the literal's names
        key=state.key, number=state.number, mode=_mode(state.mode), origin=state.origin, hub=state.hub,
        planned_departure=instant(plan.planned_departure), departed_at=instant(state.departed_at),
        planned_arrival=instant(plan.planned_arrival), expected_arrival=instant(plan.expected_arrival),
        arrived_at=instant(state.arrived_at),
        milestone=None if state.milestone is None else MILESTONE_NAMES[state.milestone],
        status_at=instant(state.status_at), late_since=instant(state.late_since),
    )


def instant(micros: int | None) -> datetime | None:
    """A stored instant."""
    return None if micros is None else _instant(micros)


@lru_cache(maxsize=8192)
def _instant(micros: int) -> datetime:
    """The same few instants (of a flight, of a source) are shown again and again."""
    return from_micros(micros)


def shown_at(fact: Fact | None) -> datetime | None:
    """The instant of a status for people."""
    return None if fact is None else _instant(fact.received if fact.at is None else fact.at)


def _heard(facts: Sequence[Fact]) -> datetime | None:
    """When the slowest of the sources that speak here was last heard."""
    return _instant(min([fact.stored[_HEARD] or fact.received for fact in facts])) if facts else None


def _holds(status: Status) -> tuple[HoldView, ...]:
    return tuple([
        HoldView(MILESTONE_NAMES[one.milestone], REASON_NAMES.get(one.reason or 0), instant(one.since), one.location)
        for one in status.holds
    ])


def _reason(status: Status) -> str | None:
    """Why: of the open hold, of the status itself, or of the last exception after it."""
    if status.holds:
        return REASON_NAMES.get(status.holds[0].reason or 0)
    if status.fact is None:
        return None
    if status.fact.reason is not None:
        return REASON_NAMES.get(status.fact.reason)
    for fact in reversed(status.visible):
        if fact.order < status.fact.order or status.final:
            return None
        if fact.milestone >= OVERLAYS and fact.milestone not in HOLDS and fact.reason is not None:
            return REASON_NAMES.get(fact.reason)
    return None


def _mode(name: str | None) -> Any:
    return name if name in ("air", "rail", "truck") else None

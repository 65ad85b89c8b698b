"""Pictures of parcels and linehauls out of their rows, each kind of thing read at once for all of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, literal_column, select

from bot.people import PartnerScope
from bot.people.tables import partner
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
from bot.tracking.haulstate import HAUL_COLUMNS, HaulState
from bot.tracking.ingest.names import Lanes
from bot.tracking.lists import NUMBERS, TEXTS, ListQuery
from bot.tracking.naming import LaneParts
from bot.tracking.parcelstate import PARCEL_COLUMNS, ParcelState
from bot.tracking.status import Fact, Status, judge
from bot.tracking.tables import linehaul, parcel, parcel_alias
from bot.tracking.views import EventView, HoldView, LinehaulView, ParcelView, Precision
from bot.understanding.numbers import canonical

_PRECISION: Mapping[int, Precision] = {0: "second", 1: "minute", 2: "day"}
_OPERATOR, _NOTE, _CODE, _SOURCE, _HEARD, _REPORTER = 13, 14, 15, 16, 17, 18
SOMEBODY = "feed"
"""Stands for the name of a source that is not the reader's to know."""

BY_NUMBER = ListQuery(TEXTS, lambda wanted: select(parcel_alias.c.number, partner.c.code, *PARCEL_COLUMNS).select_from(
    wanted.join(parcel_alias, parcel_alias.c.number == wanted.c.value)
    .join(parcel, parcel.c.id == parcel_alias.c.parcel_id).join(partner, partner.c.id == parcel.c.partner_id)))
_BY_ID = ListQuery(NUMBERS, lambda wanted: select(partner.c.code, *PARCEL_COLUMNS).select_from(
    wanted.join(parcel, parcel.c.id == wanted.c.value).join(partner, partner.c.id == parcel.c.partner_id)))
_OTHER_NUMBERS = ListQuery(NUMBERS, lambda wanted: select(parcel_alias.c.parcel_id, parcel_alias.c.number).join_from(
    wanted, parcel_alias, parcel_alias.c.parcel_id == wanted.c.value)
    .where(parcel_alias.c.role > literal_column("0")))  # a literal, so that the index of the few is used
_HAULS = ListQuery(NUMBERS, lambda wanted: select(*HAUL_COLUMNS).join_from(
    wanted, linehaul, linehaul.c.id == wanted.c.value))


class Reader:
    """Everything some parcels and linehauls need to be shown, read at once."""

    def __init__(
        self, conn: Connection, scope: PartnerScope, parcels: Sequence[ParcelState], hauls: Iterable[int] = ()
    ) -> None:
        self._scope = scope
        self._carriage = Carriage(conn, [*(one.id for one in parcels), *(-key for key in hauls)])
        rows = EVENTS.all(conn, list(self._carriage.parents))
        self._facts = facts_from(rows)
        self._rows = {(row[10], row[0]): row for row in rows}
        named = {key for one in parcels for key in (one.linehaul_id, one.unit_id) if key is not None}
        self._hauls = dict(self._carriage.hauls)
        self._hauls |= load_hauls(conn, (named | set(hauls)) - self._hauls.keys())
        self._hauls |= load_hauls(conn, {one.top_id for one in self._hauls.values() if one.top_id} - self._hauls.keys())
        ids = [one.id for one in parcels]
        self._lanes = Lanes(conn, sorted({one.lane_id for one in parcels if one.lane_id is not None}))
        self._numbers: dict[int, list[str]] = {}
        for key, number in _OTHER_NUMBERS.all(conn, ids):
            self._numbers.setdefault(key, []).append(number)

    def status(self, state: ParcelState) -> Status:
        """The verdict on a parcel."""
        return judge(self._carriage.facts_of(state.id, self._facts))

    def parcel(self, state: ParcelState, code: str) -> ParcelView:
        """The picture of a parcel."""
        status, lane = self.status(state), self._lanes.of(state.lane_id)
        outer = self.outermost(state)
        fact = status.fact
        source = None if fact is None else self._words(fact)[0]
        milestone = None if fact is None else MILESTONE_NAMES[fact.milestone]
        return ParcelView(
            id=state.id, partner_id=state.partner_id, partner=code, number=state.number, kind=_kind(state.number),
            aliases=tuple(sorted(self._numbers.get(state.id, ()))), lane=self._lanes.name(state.lane_id),
            mode=_mode(lane.mode or (outer.mode if outer else None)), hub=lane.hub or (outer.hub if outer else None),
            country=lane.country, carrier=lane.carrier, promised_at=instant(state.promised_at),
            milestone=milestone, stage=None if fact is None else fact.milestone, status_at=shown_at(fact),
            place=None if fact is None else fact.location, source=source, final=status.final,
            reason=_reason(status), holds=tuple(
                HoldView(MILESTONE_NAMES[one.milestone], REASON_NAMES.get(one.reason or 0), instant(one.since),
                         one.location) for one in status.holds),
            flags=status.flags, attempts=status.attempts,
            events=tuple([self._event(one, state.number) for one in reversed(status.visible)]),
            linehaul=haul_view(outer) if outer is not None else None,
            due_at=instant(state.owed_at),
            due_milestone=MILESTONE_NAMES.get(state.due_milestone or 0), late_since=instant(state.late_since),
            late_rule=RULES[state.late_rule] if state.late_rule else None,
            data_as_of=self._heard(status.visible) or from_micros(state.first_seen),
            precision=_PRECISION[fact.precision] if fact is not None else "second",
        )

    def lane(self, state: ParcelState) -> LaneParts:
        """What is known of a parcel's lane."""
        return self._lanes.of(state.lane_id)

    def outermost(self, state: ParcelState) -> HaulState | None:
        """What carries the parcel now, or carried it last."""
        key = state.linehaul_id if state.linehaul_id is not None else state.unit_id
        haul = None if key is None else self._hauls.get(key)
        return haul if haul is None or haul.top_id is None else self._hauls.get(haul.top_id, haul)

    def haul(self, key: int) -> tuple[HaulState, tuple[EventView, ...], datetime | None]:
        """A linehaul, its events newest first, and when its sources were last heard."""
        facts = judge(self._carriage.facts_of(-key, self._facts)).visible
        state = self._hauls[key]
        return state, tuple([self._event(one, state.key) for one in reversed(facts)]), self._heard(facts)

    def carrier_of(self, state: HaulState) -> HaulState:
        """The outermost that carries a linehaul; itself when nothing does."""
        return self._hauls.get(state.top_id or state.id, state)

    def _event(self, fact: Fact, number: str) -> EventView:
        source, text, operator = self._words(fact)
        haul = self._hauls.get(-fact.subject) if fact.subject < 0 else None
        return EventView(
            id=fact.key, milestone=MILESTONE_NAMES[fact.milestone], occurred_at=instant(fact.at),
            precision=_PRECISION[fact.precision], received_at=from_micros(fact.received), location=fact.location,
            reason=REASON_NAMES.get(fact.reason or 0), source=source, text=text,
            scope="parcel" if haul is None else KINDS[haul.kind],  # type: ignore[arg-type]  # the literal's names
            scope_key=number if haul is None else haul.key, operator=operator,
            quality=quality_names(fact.quality),
        )

    def _words(self, fact: Fact) -> tuple[str, str | None, str | None]:
        """Source, text and operator of an event; another partner's words about what both ride on stay theirs."""
        row = self._rows[(fact.subject, fact.key)]
        if row[_REPORTER] is not None and not self._scope.allows(row[_REPORTER]):
            return SOMEBODY, None, None
        return row[_SOURCE], row[_NOTE] or row[_CODE], row[_OPERATOR]

    def _heard(self, facts: Iterable[Fact]) -> datetime | None:
        heard = [self._rows[(fact.subject, fact.key)][_HEARD] or fact.received for fact in facts]
        return from_micros(min(heard)) if heard else None


def load_hauls(conn: Connection, ids: Iterable[int]) -> dict[int, HaulState]:
    """Linehauls by key."""
    return {row[0]: HaulState(row) for row in _HAULS.all(conn, sorted(set(ids)))}


def load_parcels(conn: Connection, ids: Sequence[int]) -> list[tuple[str, ParcelState]]:
    """Parcels by key, each with the code of its partner, in the order asked."""
    found = {row[1]: (row[0], ParcelState(row[1:])) for row in _BY_ID.all(conn, ids)}
    return [found[key] for key in ids if key in found]


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
    return None if micros is None else from_micros(micros)


def shown_at(fact: Fact | None) -> datetime | None:
    """The instant of a status for people."""
    return None if fact is None else from_micros(fact.received if fact.at is None else fact.at)


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


@lru_cache(maxsize=4096)
def _kind(number: str) -> str:
    found = canonical(number)
    return found.kind if found is not None else ""

"""Reading parcels: one statement for the parcels, one for their events, one for what carried them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from bot.people.tables import partner
from bot.store.prepared import Prepared
from bot.store.schema import from_micros
from bot.tracking.codes import KINDS, MILESTONE_NAMES, REASON_NAMES, RULES, State, quality_names
from bot.tracking.status import Fact, judge
from bot.tracking.tables import containment, event, lane, linehaul, parcel, parcel_alias, source
from bot.tracking.views import EventView, HoldView, LinehaulView, ParcelView, Precision

_PRECISION: Mapping[int, Precision] = {0: "second", 1: "minute", 2: "day"}

_PARCEL_COLUMNS = (
    parcel.c.id, parcel.c.partner_id, partner.c.code, parcel.c.number, parcel.c.promised_at, parcel.c.linehaul_id,
    parcel.c.due_at, parcel.c.due_milestone, parcel.c.late_since, parcel.c.late_rule, lane.c.name, lane.c.mode,
    lane.c.hub, lane.c.country, lane.c.carrier, parcel.c.first_seen,
)
_BY_NUMBER = Prepared(
    lambda _: select(parcel_alias.c.number, *_PARCEL_COLUMNS)
    .select_from(
        parcel_alias.join(parcel, parcel.c.id == parcel_alias.c.parcel_id)
        .join(partner, partner.c.id == parcel.c.partner_id)
        .outerjoin(lane, lane.c.id == parcel.c.lane_id)
    )
    .where(parcel_alias.c.number == bindparam("number"))
)
_EVENT_COLUMNS = (
    event.c.id, event.c.subject, event.c.milestone, event.c.occurred_at, event.c.received_at, event.c.precision,
    event.c.quality, event.c.reason, event.c.location, event.c.operator, event.c.note, source.c.name,
    source.c.last_received_at,
)
_EVENTS = Prepared(
    lambda _: select(*_EVENT_COLUMNS)
    .select_from(event.join(source, source.c.id == event.c.source_id))
    .where(event.c.subject == bindparam("subject"), event.c.state == State.VALID)
)
_PARENTS = Prepared(
    lambda _: select(
        containment.c.linehaul_id, containment.c.valid_from, containment.c.valid_to, containment.c.off_loaded
    ).where(containment.c.subject == bindparam("subject"))
)
_HAUL_COLUMNS = (
    linehaul.c.id, linehaul.c.kind, linehaul.c.key, linehaul.c.number, linehaul.c.mode, linehaul.c.origin,
    linehaul.c.hub, linehaul.c.planned_departure, linehaul.c.departed_at, linehaul.c.planned_arrival,
    linehaul.c.expected_arrival, linehaul.c.arrived_at, linehaul.c.milestone, linehaul.c.status_at,
    linehaul.c.late_since, linehaul.c.top_id,
)
_HAUL = Prepared(lambda _: select(*_HAUL_COLUMNS).where(linehaul.c.id == bindparam("linehaul_id")))
_OTHER_NUMBERS = Prepared(
    lambda _: select(parcel_alias.c.number).where(
        parcel_alias.c.parcel_id == bindparam("parcel_id"), parcel_alias.c.role > 0
    )
)


@dataclass(slots=True)
class Reader:
    """Reads parcels within one unit; what several parcels share is read once."""

    conn: Connection
    _hauls: dict[int, Sequence[Any]]
    _parents: dict[int, list[Sequence[Any]]]
    _events: dict[int, list[Sequence[Any]]]

    @classmethod
    def on(cls, conn: Connection) -> "Reader":
        """A reader for this connection."""
        return cls(conn, {}, {}, {})

    def by_number(self, number: str) -> Sequence[Sequence[Any]]:
        """Rows of the parcels behind a number, whoever they belong to."""
        return _BY_NUMBER.all(self.conn, {"number": number})

    def view(self, row: Sequence[Any]) -> ParcelView:
        """The picture of one parcel row (without its leading alias)."""
        key, partner_id, code, number, promised, linehaul_id, due_at, due_milestone, late, late_rule = row[:10]
        lane_name, mode, hub, country, carrier, first_seen = row[10:]
        events = self._all_events(key)
        status = judge([_fact(one) for one in events])
        shown = {fact.id for fact in status.visible}
        sources = [one[12] for one in events if one[12] is not None]
        haul = self.haul(linehaul_id) if linehaul_id is not None else None
        at = None if status.fact is None else from_micros(status.at or status.fact.received)
        decided = next((one for one in events if status.fact is not None and one[0] == status.fact.id), None)
        return ParcelView(
            id=key, partner_id=partner_id, partner=code, number=number, kind="",
            aliases=tuple(one[0] for one in _OTHER_NUMBERS.all(self.conn, {"parcel_id": key})), lane=lane_name,
            mode=mode, hub=hub, country=country, carrier=carrier, promised_at=_instant(promised),
            milestone=status.milestone, stage=status.stage, status_at=at, place=decided[8] if decided else None,
            source=decided[11] if decided else None, final=status.final, reason=status.reason,
            holds=tuple(HoldView(h.milestone, h.reason, _instant(h.since), h.location) for h in status.holds),
            flags=status.flags, attempts=status.attempts,
            events=tuple(sorted((_view(one, number) for one in events if one[0] in shown), key=_newest)),
            linehaul=haul, due_at=_instant(due_at), due_milestone=MILESTONE_NAMES.get(due_milestone or 0),
            late_since=_instant(late), late_rule=RULES[late_rule] if late_rule else None,
            data_as_of=from_micros(min(sources)) if sources else from_micros(first_seen),
        )

    def haul(self, linehaul_id: int) -> LinehaulView:
        """The outermost unit that carries what is in this one."""
        row = self.haul_row(linehaul_id)
        top = row[15] if row[15] is not None else linehaul_id
        return haul_view(self.haul_row(top))

    def events_of(self, subject: int) -> list[Sequence[Any]]:
        """Valid events stored under a subject."""
        found = self._events.get(subject)
        if found is None:
            found = list(_EVENTS.all(self.conn, {"subject": subject}))
            if subject < 0:
                self._events[subject] = found
        return found

    def _all_events(self, parcel_id: int) -> list[Sequence[Any]]:
        """Own events, and those of everything that carried it while it did."""
        events = self.events_of(parcel_id)
        for parent in self._parents_of(parcel_id):
            events = events + self._carried(parent, depth=0)
        return list({one[0]: one for one in events}.values())

    def _carried(self, parent: Sequence[Any], depth: int) -> list[Sequence[Any]]:
        linehaul_id, valid_from, valid_to, off_loaded = parent
        if off_loaded or depth > 4:
            return []
        events = list(self.events_of(-linehaul_id))
        for further in self._parents_of(-linehaul_id):
            events += self._carried(further, depth + 1)
        return [one for one in events if _while_inside(one[3], valid_from, valid_to)]

    def _parents_of(self, subject: int) -> list[Sequence[Any]]:
        found = self._parents.get(subject)
        if found is None:
            found = list(_PARENTS.all(self.conn, {"subject": subject}))
            if subject < 0:
                self._parents[subject] = found
        return found

    def haul_row(self, linehaul_id: int) -> Sequence[Any]:
        """Columns of one linehaul."""
        found = self._hauls.get(linehaul_id)
        if found is None:
            row = _HAUL.first(self.conn, {"linehaul_id": linehaul_id})
            if row is None:
                raise LookupError(f"linehaul {linehaul_id} is not there")
            found = self._hauls[linehaul_id] = row
        return found


def haul_view(row: Sequence[Any]) -> LinehaulView:
    """The picture of a linehaul, without its parcels."""
    return LinehaulView(
        id=row[0], kind=KINDS[row[1]], key=row[2], number=row[3], mode=row[4], origin=row[5], hub=row[6],
        planned_departure=_instant(row[7]), departed_at=_instant(row[8]), planned_arrival=_instant(row[9]),
        expected_arrival=_instant(row[10]), arrived_at=_instant(row[11]), milestone=MILESTONE_NAMES.get(row[12] or 0),
        status_at=_instant(row[13]), late_since=_instant(row[14]),
    )


def event_views(rows: Iterable[Sequence[Any]], key: str) -> tuple[EventView, ...]:
    """Pictures of events, newest first."""
    return tuple(sorted((_view(row, key) for row in rows), key=_newest))


def _while_inside(at: int | None, valid_from: int | None, valid_to: int | None) -> bool:
    if at is None:
        return True
    return (valid_from is None or at >= valid_from) and (valid_to is None or at <= valid_to)


def _fact(row: Sequence[Any]) -> Fact:
    return Fact(
        id=row[0], milestone=MILESTONE_NAMES[row[2]], at=row[3], received=row[4], precision=row[5], source=row[11],
        reason=REASON_NAMES.get(row[7] or 0), location=row[8], skewed=bool(row[6] & 1),
    )


def _view(row: Sequence[Any], number: str) -> EventView:
    return EventView(
        id=row[0], milestone=MILESTONE_NAMES[row[2]], occurred_at=_instant(row[3]), precision=_PRECISION[row[5]],
        received_at=from_micros(row[4]), location=row[8], reason=REASON_NAMES.get(row[7] or 0), source=row[11],
        text=row[10], scope="parcel" if row[1] > 0 else "movement", scope_key=number, operator=row[9],
        quality=quality_names(row[6]),
    )


def _newest(view: EventView) -> tuple[float, int]:
    return (-(view.occurred_at or view.received_at).timestamp(), -view.id)


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)


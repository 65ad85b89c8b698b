"""The sweep's side of tracking: what became due is marked late, or found further on and due later."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from bot.store.prepared import Prepared
from bot.store.schema import to_micros
from bot.tracking.haulstate import HAUL_COLUMNS, HaulState
from bot.tracking.ingest.batch import alone
from bot.tracking.ingest.hauls import Hauls
from bot.tracking.ingest.judging import Carriers, Standards, take_haul, take_parcel
from bot.tracking.ingest.names import Lanes
from bot.tracking.lateness import LateStarted
from bot.tracking.parcelstate import PARCEL_COLUMNS, UPDATE_DUE, UPDATE_SNAPSHOT, UPDATE_WHOLE, ParcelState
from bot.tracking.tables import linehaul, parcel

_DUE_PARCELS = Prepared(lambda _: select(*PARCEL_COLUMNS).where(parcel.c.due_at <= bindparam("now"))
                        .order_by(parcel.c.due_at).limit(bindparam("most")))
_DUE_HAULS = Prepared(lambda _: select(*HAUL_COLUMNS).where(linehaul.c.due_at <= bindparam("now"))
                      .order_by(linehaul.c.due_at).limit(bindparam("most")))


def take_due(conn: Connection, now: datetime, *, limit: int, standards: Standards) -> tuple[LateStarted, ...]:
    """Mark what became late, at most `limit` parcels and as many linehauls; move what has gone on."""
    at = to_micros(now)
    hauls, parcels = (query.all(conn, {"now": at, "most": limit}) for query in (_DUE_HAULS, _DUE_PARCELS))
    if not hauls and not parcels:
        return ()
    alone(conn)
    if conn.dialect.name != "sqlite":  # another replica may have been here while we waited
        hauls, parcels = (query.all(conn, {"now": at, "most": limit}) for query in (_DUE_HAULS, _DUE_PARCELS))
    known = Hauls(conn, ())
    started = _take_hauls(known, [HaulState(row) for row in hauls], now, standards)
    return (*started, *_take_parcels(conn, known, [ParcelState(row) for row in parcels], now, standards))


def _take_hauls(
    known: Hauls, states: Sequence[HaulState], now: datetime, standards: Standards
) -> list[LateStarted]:
    for state in states:
        known.keep(state)
    started = []
    for state in states:
        taken = take_haul(state, standards=standards, now=to_micros(now))
        if taken is not None:
            due, replaces = taken
            started.append(LateStarted(
                subject_kind="linehaul", id=state.id, key=state.key, partner_id=None, rule=due.rule,
                milestone=due.milestone, late_since=due.at, linehaul_id=state.top_id or state.id, hub=state.hub,
                mode=state.mode, country=state.country, replaces=replaces,
            ))
    known.write()
    return started


def _take_parcels(
    conn: Connection, known: Hauls, states: Sequence[ParcelState], now: datetime, standards: Standards
) -> list[LateStarted]:
    known.load({key for one in states for key in (one.linehaul_id, one.unit_id) if key is not None})
    lanes = Lanes(conn, sorted({one.lane_id for one in states if one.lane_id is not None}))
    started, late, later = [], [], []
    for state in states:
        carriers = known.carriers(state.linehaul_id, state.unit_id)
        taken = take_parcel(state, lanes.of(state.lane_id), carriers, standards=standards, now=to_micros(now))
        if taken is None:
            later.append(state.snapshot_values())
            continue
        due, subject, replaces = taken
        late.append(state.whole_values())
        started.append(LateStarted(
            subject_kind="parcel", id=state.id, key=state.number, partner_id=state.partner_id, rule=due.rule,
            milestone=due.milestone, late_since=due.at, linehaul_id=_outermost(carriers), hub=subject.hub,
            mode=subject.mode, country=subject.country, lane=lanes.name(state.lane_id), replaces=replaces,
        ))
    UPDATE_WHOLE.run(conn, late)
    UPDATE_SNAPSHOT.run(conn, later)
    UPDATE_DUE.run(conn, [(one.due_at, one.id) for one in states if one.due_moved])
    return started


def _outermost(carriers: Carriers) -> int | None:
    outer = carriers[0] or carriers[1]
    return None if outer is None else outer.top_id or outer.id

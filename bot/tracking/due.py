"""The sweep's side of tracking: what became due is marked late, or found further on and due later.

A parcel that becomes late gets a row among the few that are late; its own row, somewhere among all, is only read.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, tuple_

from bot.store.prepared import Prepared
from bot.store.schema import to_micros
from bot.tracking.haulstate import HAUL_COLUMNS, HaulState
from bot.tracking.ingest.batch import alone
from bot.tracking.ingest.hauls import Hauls
from bot.tracking.ingest.judging import Carriers, Standards, take_haul, take_parcel
from bot.tracking.ingest.names import Lanes
from bot.tracking.lateness import LateStarted
from bot.tracking.parcelstate import MARK_LATE, PARCEL_COLUMNS, QUEUE, UPDATE_SNAPSHOT, ParcelState
from bot.tracking.tables import lateness, linehaul, parcel, parcel_due

_DUE_PARCELS = Prepared(lambda _: select(parcel_due.c.at, parcel_due.c.parcel_id, *PARCEL_COLUMNS).select_from(
    parcel_due.outerjoin(parcel, parcel.c.id == parcel_due.c.parcel_id)
    .outerjoin(lateness, lateness.c.parcel_id == parcel.c.id)
).where(parcel_due.c.at <= bindparam("now")).order_by(parcel_due.c.at, parcel_due.c.parcel_id).limit(bindparam("most")))
_TAKEN = Prepared(lambda _: parcel_due.delete().where(
    tuple_(parcel_due.c.at, parcel_due.c.parcel_id) <= tuple_(bindparam("last"), bindparam("of"))))
_DUE_HAULS = Prepared(lambda _: select(*HAUL_COLUMNS).where(linehaul.c.due_at <= bindparam("now"))
                      .order_by(linehaul.c.due_at).limit(bindparam("most")))

Rows = Sequence[Sequence[Any]]


def take_due(conn: Connection, now: datetime, *, limit: int, standards: Standards) -> tuple[LateStarted, ...]:
    """Mark what became late, at most `limit` parcels and as many linehauls; move what has gone on."""
    at = to_micros(now)
    hauls, parcels = _due(conn, at, limit)
    if not hauls and not parcels:
        return ()
    alone(conn)
    if conn.dialect.name != "sqlite":  # another replica may have been here while we waited
        hauls, parcels = _due(conn, at, limit)
    known = Hauls(conn, ())
    started = _take_hauls(known, [HaulState(row) for row in hauls], now, standards)
    return (*started, *_take_parcels(conn, known, _out_of_queue(conn, parcels), now, standards))


def _due(conn: Connection, at: int, limit: int) -> tuple[Rows, Rows]:
    wanted = {"now": at, "most": limit}
    return _DUE_HAULS.all(conn, wanted), _DUE_PARCELS.all(conn, wanted)


def _out_of_queue(conn: Connection, rows: Rows) -> list[ParcelState]:
    """Take the first of the queue, in one piece; a place somebody left in it for another instant counts for nothing."""
    if rows:
        _TAKEN.run(conn, {"last": rows[-1][0], "of": rows[-1][1]})
    states = [(row[0], ParcelState(row[2:])) for row in rows if row[2] is not None]
    return [state for at, state in states if state.due_at == at]


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
    started = []
    for state in states:
        carriers = known.carriers(state.linehaul_id, state.unit_id)
        taken = take_parcel(state, lanes.of(state.lane_id), carriers, standards=standards, now=to_micros(now))
        if taken is None:
            continue
        due, subject, replaces = taken
        started.append(LateStarted(
            subject_kind="parcel", id=state.id, key=state.number, partner_id=state.partner_id, rule=due.rule,
            milestone=due.milestone, late_since=due.at, linehaul_id=_outermost(carriers), hub=subject.hub,
            mode=subject.mode, country=subject.country, lane=lanes.name(state.lane_id), replaces=replaces,
        ))
    MARK_LATE.run(conn, [one.late_values() for one in states if one.late_since is not None])
    UPDATE_SNAPSHOT.run(conn, [one.snapshot_values() for one in states if one.late_since is None])
    QUEUE.run(conn, [(one.due_at, one.id) for one in states if one.due_at is not None])
    return started


def _outermost(carriers: Carriers) -> int | None:
    outer = carriers[0] or carriers[1]
    return None if outer is None else outer.top_id or outer.id

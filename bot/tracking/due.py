"""The sweep's side of tracking: what became due is marked late, or found further on and due later."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from bot.delays import Standards
from bot.store.schema import from_micros, to_micros
from bot.tracking.codes import KIND, MILESTONE, MILESTONE_NAMES, RULE, RULES
from bot.tracking.ingest.hauls import due_columns
from bot.tracking.ingest.parcels import subject_of
from bot.tracking.lateness import LateStarted
from bot.tracking.tables import lane, linehaul, parcel

_haul = linehaul.alias("haul")
_LATE = (
    update(parcel).where(parcel.c.id == bindparam("of")).values({name: bindparam(name) for name in (
        "late_since", "late_milestone", "late_rule", "due_at", "due_milestone", "due_rule")})
)
_LATER = (
    update(parcel).where(parcel.c.id == bindparam("of")).values({name: bindparam(name) for name in (
        "due_at", "due_milestone", "due_rule")})
)


def take_due(conn: Connection, now: datetime, *, limit: int, standards: Standards) -> tuple[LateStarted, ...]:
    """Mark what became late, at most `limit` parcels and as many linehauls; move what has gone on."""
    return (*_linehauls(conn, now, limit, standards), *_parcels(conn, now, limit, standards))


def _parcels(conn: Connection, now: datetime, limit: int, standards: Standards) -> list[LateStarted]:
    rows = conn.execute(
        select(parcel, lane.c.mode, lane.c.hub, lane.c.country, lane.c.name.label("lane_name"),
               _haul.c.milestone.label("haul_milestone"), _haul.c.status_at.label("haul_at"), _haul.c.top_id)
        .select_from(parcel.outerjoin(lane, lane.c.id == parcel.c.lane_id)
                     .outerjoin(_haul, _haul.c.id == parcel.c.linehaul_id))
        .where(parcel.c.due_at <= to_micros(now))
        .order_by(parcel.c.due_at)
        .limit(limit)
    ).all()
    started, late, later = [], [], []
    for row in rows:
        due = standards.next_due(subject_of(row, dict(row._mapping)), now)
        if due is None or due.at > now:
            later.append({"of": row.id, **due_columns(due)})
            continue
        values = {
            "late_since": to_micros(due.at), "late_milestone": MILESTONE[due.milestone], "late_rule": RULE[due.rule],
        }
        after = standards.next_due(subject_of(row, {**row._mapping, **values}), now)
        late.append({"of": row.id, **values, **due_columns(after)})
        started.append(_started(row, due.rule, due.milestone, due.at))
    if late:
        conn.execute(_LATE, late)
    if later:
        conn.execute(_LATER, later)
    return started


def _started(row: Row[Any], rule: str, milestone: str, at: datetime) -> LateStarted:
    return LateStarted(
        subject_kind="parcel", id=row.id, key=row.number, partner_id=row.partner_id, rule=rule, milestone=milestone,
        late_since=at, linehaul_id=row.top_id or row.linehaul_id, hub=row.hub, mode=row.mode, country=row.country,
        lane=row.lane_name, replaces=RULES[row.late_rule] if row.late_rule else None,
    )


def _linehauls(conn: Connection, now: datetime, limit: int, standards: Standards) -> list[LateStarted]:
    rows = conn.execute(
        select(linehaul).where(linehaul.c.due_at <= to_micros(now)).order_by(linehaul.c.due_at).limit(limit)
    ).all()
    started = []
    for row in rows:
        replaces = RULES[row.late_rule] if row.late_rule else None
        conn.execute(update(linehaul).where(linehaul.c.id == row.id).values(
            late_since=row.due_at, late_milestone=row.due_milestone, late_rule=row.due_rule,
            **_next_of(row, standards),
        ))
        if row.kind == KIND["movement"]:
            started.append(LateStarted(
                subject_kind="linehaul", id=row.id, key=row.key, partner_id=None, rule=RULES[row.due_rule],
                milestone=MILESTONE_NAMES[row.due_milestone], late_since=from_micros(row.due_at), linehaul_id=row.id,
                hub=row.hub, mode=row.mode, country=row.country, replaces=replaces,
            ))
    return started


def _next_of(row: Row[Any], standards: Standards) -> dict[str, int | None]:
    """After a late departure the late arrival is still to come; after that nothing more is due."""
    arrival = row.planned_arrival
    if RULES[row.due_rule] != "D05" or arrival is None:
        return {"due_at": None, "due_milestone": None, "due_rule": None}
    grace = standards.rail_grace if row.mode == "rail" else standards.air_grace
    rule = RULE["D09"] if row.mode == "rail" else RULE["D06"]
    return {
        "due_at": to_micros(from_micros(arrival) + grace), "due_milestone": MILESTONE["LINEHAUL_ARRIVED"],
        "due_rule": rule,
    }

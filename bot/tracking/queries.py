"""What other rooms ask of tracking. Everything takes a scope; outside of it nothing exists."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, literal, or_, select

from bot.people import PartnerScope
from bot.store.schema import from_micros, to_micros
from bot.tracking.codes import MILESTONE, MILESTONE_NAMES, RULES
from bot.tracking.ingest.rows import parse_ref
from bot.tracking.reading import Reader, event_views, haul_view
from bot.tracking.tables import lane, linehaul, parcel
from bot.tracking.views import Filter, LateRow, LinehaulView, ParcelView, Summary

NEWEST_RUNS = 3
"""A flight number asked without date means its latest runs."""
_haul = linehaul.alias("haul")
_top = linehaul.alias("top")
_RETURN, _HUB = MILESTONE["RETURN_STARTED"], MILESTONE["HUB_RECEIVED"]
_OWN = func.coalesce(parcel.c.milestone, 0)
_BY_HAUL = and_(func.coalesce(_haul.c.milestone, 0) > _OWN, _OWN < _RETURN)
EFFECTIVE: ColumnElement[Any] = case(
    (and_(parcel.c.customs.is_not(None), func.coalesce(_haul.c.milestone, 0) >= MILESTONE["LINEHAUL_ARRIVED"],
          parcel.c.customs > _OWN), parcel.c.customs),
    (_BY_HAUL, _haul.c.milestone), else_=parcel.c.milestone,
)
"""A parcel's milestone with what carries it, as SQL."""
EFFECTIVE_AT: ColumnElement[Any] = case((_BY_HAUL, _haul.c.status_at), else_=parcel.c.status_at)


def find_parcels(
    conn: Connection, numbers: Sequence[str], scope: PartnerScope, now: datetime  # noqa: ARG001
) -> dict[str, tuple[ParcelView, ...]]:
    """Parcels behind numbers, newest life first; a number that is missing is unknown or not theirs."""
    reader, found = Reader.on(conn), {}
    for number in numbers:
        rows = [row[1:] for row in reader.by_number(number) if scope.allows(row[2])]
        if rows:
            rows.sort(key=lambda row: -row[15])
            found[number] = tuple(reader.view(row) for row in rows)
    return found


def is_known(conn: Connection, number: str, scope: PartnerScope) -> bool:
    """Whether a number names a parcel of the scope."""
    return any(scope.allows(row[2]) for row in Reader.on(conn).by_number(number))


def find_linehauls(
    conn: Connection, refs: Sequence[str], scope: PartnerScope, now: datetime  # noqa: ARG001
) -> dict[str, tuple[LinehaulView, ...]]:
    """Linehauls by what people call them, the latest run first; unknown where no parcel of the scope is on board."""
    reader, found = Reader.on(conn), {}
    for text in refs:
        ref = parse_ref(text)
        where = linehaul.c.key == ref.key if ref.date else linehaul.c.number == ref.number
        ids = conn.execute(
            select(linehaul.c.id).where(where)
            .order_by(func.coalesce(linehaul.c.planned_departure, linehaul.c.first_seen).desc()).limit(NEWEST_RUNS)
        ).scalars().all()
        views = [view for key in ids if (view := linehaul_view(conn, key, scope, reader=reader)) is not None]
        if views:
            found[text] = tuple(views)
    return found


def linehaul_view(
    conn: Connection, linehaul_id: int, scope: PartnerScope, *, reader: Reader | None = None
) -> LinehaulView | None:
    """One linehaul with its parcels of the scope; None when it carries none of them, unless all is in scope."""
    reader = reader or Reader.on(conn)
    units = _inside(conn, linehaul_id)
    counts = conn.execute(
        select(EFFECTIVE.label("milestone"), func.count(), func.count(parcel.c.late_since))
        .select_from(parcel.outerjoin(_haul, _haul.c.id == parcel.c.linehaul_id))
        .where(parcel.c.linehaul_id.in_(units), _in_scope(scope))
        .group_by(EFFECTIVE)
    ).all()
    total = sum(row[1] for row in counts)
    if not total and scope.partner_ids is not None:
        return None
    base = haul_view(reader.haul_row(linehaul_id))
    events = reader.events_of(-linehaul_id)
    heard = [row[12] for row in events if row[12] is not None]
    return replace(
        base, events=event_views(events, base.key), parcels=total,
        by_stage={MILESTONE_NAMES.get(row[0] or 0, "UNKNOWN"): row[1] for row in counts},
        late_parcels=sum(row[2] for row in counts), data_as_of=from_micros(max(heard)) if heard else None,
    )


def _inside(conn: Connection, linehaul_id: int) -> list[int]:
    """The linehaul and everything whose outermost carrier it is."""
    return list(conn.execute(
        select(linehaul.c.id).where(or_(linehaul.c.id == linehaul_id, linehaul.c.top_id == linehaul_id))
    ).scalars())


def late_list(
    conn: Connection, wanted: Filter, scope: PartnerScope, now: datetime, *, limit: int  # noqa: ARG001
) -> tuple[int, tuple[LateRow, ...]]:
    """How many parcels are late, and those late longest."""
    where = [parcel.c.late_since.is_not(None), _in_scope(scope), *_matching(wanted, parcel.c.late_since)]
    total = conn.execute(_joined(select(func.count())).where(*where)).scalar_one()
    rows = conn.execute(
        _joined(select(
            parcel.c.number, parcel.c.id, EFFECTIVE, EFFECTIVE_AT, parcel.c.late_since, parcel.c.late_rule,
            func.coalesce(_top.c.key, _haul.c.key), lane.c.country, lane.c.hub,
        )).where(*where).order_by(parcel.c.late_since, parcel.c.id).limit(limit)
    ).all()
    return total, tuple(
        LateRow(
            number=row[0], parcel_id=row[1], milestone=MILESTONE_NAMES.get(row[2] or 0), place=None,
            status_at=None if row[3] is None else from_micros(row[3]), late_since=from_micros(row[4]),
            rule=RULES[row[5]] if row[5] else None, linehaul=row[6], country=row[7], hub=row[8],
        )
        for row in rows
    )


def summarise(conn: Connection, wanted: Filter, scope: PartnerScope, now: datetime) -> Summary:  # noqa: ARG001
    """Counts of the scope's parcels whose last status falls into the filter."""
    rows = conn.execute(
        _joined(select(EFFECTIVE, func.count(), func.count(parcel.c.late_since), func.count(parcel.c.hold)))
        .where(_in_scope(scope), *_matching(wanted, EFFECTIVE_AT))
        .group_by(EFFECTIVE)
    ).all()
    under_way = conn.execute(
        select(func.count(), func.count(linehaul.c.late_since)).where(
            linehaul.c.departed_at.is_not(None), linehaul.c.arrived_at.is_(None),
            linehaul.c.id.in_(_tops_in_scope(scope, wanted)),
        )
    ).one()
    at = {row[0] or 0: row[1] for row in rows}
    return Summary(
        total=sum(at.values()), by_stage={MILESTONE_NAMES.get(key, "UNKNOWN"): count for key, count in at.items()},
        received=sum(count for key, count in at.items() if _HUB <= key < _RETURN),
        delivered=at.get(MILESTONE["DELIVERED"], 0), late=sum(row[2] for row in rows), held=sum(row[3] for row in rows),
        returned=sum(count for key, count in at.items() if _RETURN <= key <= MILESTONE["RETURNED"]),
        linehauls=under_way[0], late_linehauls=under_way[1],
    )


def _tops_in_scope(scope: PartnerScope, wanted: Filter) -> Select[Any]:
    inner = linehaul.alias("inner_haul")
    found = select(inner.c.top_id).join(parcel, parcel.c.linehaul_id == inner.c.id).where(_in_scope(scope))
    if wanted.hub is not None:
        found = found.where(inner.c.hub == wanted.hub)
    return found


def _joined(statement: Select[Any]) -> Select[Any]:
    return statement.select_from(
        parcel.outerjoin(lane, lane.c.id == parcel.c.lane_id)
        .outerjoin(_haul, _haul.c.id == parcel.c.linehaul_id)
        .outerjoin(_top, _top.c.id == _haul.c.top_id)
    )


def _matching(wanted: Filter, instant: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    for column, value in ((lane.c.hub, wanted.hub), (lane.c.mode, wanted.mode), (lane.c.country, wanted.country)):
        if value is not None:
            where.append(column == value)
    if wanted.since is not None:
        where.append(instant >= to_micros(wanted.since))
    if wanted.until is not None:
        where.append(instant < to_micros(wanted.until))
    return where


def _in_scope(scope: PartnerScope) -> ColumnElement[bool]:
    if scope.partner_ids is None:
        return literal(True)
    return parcel.c.partner_id.in_(sorted(scope.partner_ids))

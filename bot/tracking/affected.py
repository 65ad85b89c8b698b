"""For alerts: what a late linehaul carries, whose it is, and what people may follow. Outside a scope nothing exists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, BigInteger, Connection, Select, String, and_, cast, exists, func, literal, or_, select

from bot.people import PartnerScope
from bot.store.schema import from_micros, to_micros
from bot.tracking.codes import MILESTONE, MILESTONE_NAMES
from bot.tracking.refs import parse_ref
from bot.tracking.snapshot import effective
from bot.tracking.tables import containment, lane, linehaul, parcel, parcel_alias, parcel_due

NEWEST_RUNS = 10
"""A flight number names its latest runs."""
_PART = 500
_unit = linehaul.alias("unit")


@dataclass(frozen=True, slots=True)
class HaulFacts:
    """A linehaul as its lateness needs it."""

    id: int
    key: str
    number: str
    mode: str | None
    origin: str | None
    hub: str | None
    planned_departure: datetime | None
    departed_at: datetime | None
    planned_arrival: datetime | None
    expected_arrival: datetime | None
    arrived_at: datetime | None
    stage: int
    """0: nothing that counts was reported."""
    status_at: datetime | None


@dataclass(frozen=True, slots=True)
class Unit:
    """A linehaul or something it carries, by the names people follow it under."""

    id: int
    number: str
    key: str


def haul_facts(conn: Connection, linehaul_id: int) -> HaulFacts | None:
    """The linehaul as it stands now."""
    row = conn.execute(select(linehaul).where(linehaul.c.id == linehaul_id)).first()
    if row is None:
        return None
    return HaulFacts(
        row.id, row.key, row.number, row.mode, row.origin, row.hub, _instant(row.planned_departure),
        _instant(row.departed_at), _instant(row.planned_arrival), _instant(row.expected_arrival),
        _instant(row.arrived_at), row.milestone or 0, _instant(row.status_at),
    )


def parcels_on(
    linehaul_id: int, *, awaiting: str | None = None, hub: str | None = None, mode: str | None = None
) -> Select[Any]:
    """Every parcel a linehaul carries, directly or in something: parcel_id, partner_id, number, hub, mode, country.

    With `awaiting`, only those that have not come that far by their own events. `hub` and `mode` stand in where a
    parcel's lane does not say.
    """
    inside = _inside(linehaul_id)
    rows = (
        select(
            parcel.c.id.label("parcel_id"), parcel.c.partner_id, parcel.c.number,
            func.coalesce(lane.c.hub, cast(literal(hub), String)).label("hub"),
            func.coalesce(lane.c.mode, cast(literal(mode), String)).label("mode"), lane.c.country,
        )
        .select_from(
            inside.join(parcel, parcel.c.id == inside.c.subject).outerjoin(lane, lane.c.id == parcel.c.lane_id)
        )
        .where(inside.c.subject > 0)
    )
    return rows if awaiting is None else rows.where(func.coalesce(parcel.c.milestone, 0) < MILESTONE[awaiting])


def units_on(conn: Connection, linehaul_id: int) -> tuple[Unit, ...]:
    """The linehaul itself and every consignment, container, pallet and bag in it."""
    inside = _inside(linehaul_id)
    rows = conn.execute(
        select(linehaul.c.id, linehaul.c.number, linehaul.c.key)
        .select_from(inside.join(linehaul, linehaul.c.id == -inside.c.subject))
        .where(inside.c.subject < 0)
    )
    return tuple(Unit(row.id, row.number, row.key) for row in rows)


def parcels_by_number(
    conn: Connection, numbers: Iterable[str], scope: PartnerScope
) -> dict[str, list[tuple[int, int]]]:
    """Parcel and partner behind each number the scope knows."""
    found: dict[str, list[tuple[int, int]]] = {}
    for part in _parts(list(dict.fromkeys(numbers))):
        rows = conn.execute(
            select(parcel_alias.c.number, parcel.c.id, parcel.c.partner_id)
            .join(parcel, parcel.c.id == parcel_alias.c.parcel_id)
            .where(parcel_alias.c.number.in_(part))
        )
        for number, parcel_id, partner_id in rows:
            if scope.allows(partner_id):
                found.setdefault(number, []).append((parcel_id, partner_id))
    return found


def known_refs(conn: Connection, refs: Iterable[str], scope: PartnerScope) -> dict[str, str]:
    """What people called a linehaul, and the name it is followed under; left out where none of theirs is on board."""
    found: dict[str, str] = {}
    for text in dict.fromkeys(refs):
        ref = parse_ref(text)
        where = linehaul.c.key == ref.key if ref.date else linehaul.c.number == ref.number
        latest = func.coalesce(linehaul.c.planned_departure, linehaul.c.first_seen).desc()
        ids = conn.execute(select(linehaul.c.id).where(where).order_by(latest).limit(NEWEST_RUNS)).scalars().all()
        if any(carries(conn, linehaul_id, scope) for linehaul_id in ids):
            found[text] = ref.key if ref.date else ref.number
    return found


def carries(conn: Connection, linehaul_id: int, scope: PartnerScope) -> bool:
    """Whether a parcel of the scope is on board; a scope of everything sees empty ones too."""
    if scope.partner_ids is None:
        return True
    rows = parcels_on(linehaul_id).where(parcel.c.partner_id.in_(sorted(scope.partner_ids))).limit(1)
    return conn.execute(rows).first() is not None


def places_of(conn: Connection, parcel_ids: Sequence[int]) -> dict[int, str | None]:
    """The milestone each parcel has reached, by its own events or by what carries it."""
    found: dict[int, str | None] = {}
    for part in _parts(parcel_ids):
        rows = conn.execute(
            select(parcel.c.id, parcel.c.milestone, parcel.c.customs, linehaul.c.milestone, _unit.c.milestone)
            .outerjoin(linehaul, linehaul.c.id == parcel.c.linehaul_id)
            .outerjoin(_unit, _unit.c.id == parcel.c.unit_id)
            .where(parcel.c.id.in_(part))
        )
        for parcel_id, own, customs, carrier, unit in rows:
            reached, _ = effective((own, None), (customs, None), (carrier, None), (unit, None))
            found[parcel_id] = MILESTONE_NAMES.get(reached or 0)
    return found


def stage_of(milestone: str) -> int:
    """The number by which milestones follow one another; overlays stand behind all of them."""
    return MILESTONE[milestone]


def anything_due(conn: Connection, now: datetime) -> bool:
    """Whether a sweep has something to look at."""
    at = to_micros(now)
    due = or_(
        exists(select(parcel_due.c.parcel_id).where(parcel_due.c.at <= at)),
        exists(select(linehaul.c.id).where(linehaul.c.due_at <= at)),
    )
    return bool(conn.execute(select(due)).scalar_one())


def _inside(linehaul_id: int) -> CTE:
    start = select(cast(literal(-linehaul_id), BigInteger).label("subject")).cte(recursive=True)
    within = select(containment.c.subject).where(
        and_(
            containment.c.linehaul_id == -start.c.subject, containment.c.off_loaded.is_(False),
            containment.c.valid_to.is_(None),
        )
    )
    return start.union(within)


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)


def _parts(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + _PART] for start in range(0, len(values), _PART))



"""What other rooms ask of tracking. Everything takes a scope; outside of it nothing exists."""

from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select

from bot.people import PartnerScope
from bot.store.prepared import Prepared
from bot.store.schema import to_micros
from bot.tracking.carriage import inside_of
from bot.tracking.codes import DELIVERED, HUB_RECEIVED, KIND, MILESTONE_NAMES, RETURN_FIRST, RETURNED
from bot.tracking.counting import Counter
from bot.tracking.finding import FoundParcel, load_parcels, parcels_by_number
from bot.tracking.lists import NUMBERS, ListQuery
from bot.tracking.reading import Reader, haul_view
from bot.tracking.refs import parse_ref
from bot.tracking.tables import lateness, linehaul, parcel
from bot.tracking.views import Filter, LinehaulView, ParcelView, Summary

NEWEST_RUNS = 3
"""A flight number asked without date means its latest runs."""
RUNS_LOOKED_AT = 20
UNDER_WAY_FOR = timedelta(days=60)
"""What left longer ago and never arrived is not counted as under way."""

_RUNS = Prepared(lambda _: select(linehaul.c.id, linehaul.c.key, linehaul.c.kind).where(
    linehaul.c.number == bindparam("number")).order_by(
    func.coalesce(linehaul.c.departed_at, linehaul.c.planned_departure, linehaul.c.first_seen).desc(),
    linehaul.c.id.desc()))
_UNDER_WAY = Prepared(lambda _: select(linehaul.c.id, linehaul.c.late_since, linehaul.c.hub, linehaul.c.mode).where(
    linehaul.c.departed_at >= bindparam("since"), linehaul.c.arrived_at.is_(None),
    linehaul.c.kind == bindparam("kind")))
_CARRIED_BY = ListQuery(NUMBERS, lambda wanted: select(linehaul.c.id, linehaul.c.top_id).join_from(
    wanted, linehaul, linehaul.c.top_id == wanted.c.value))
_LATE = select(parcel.c.partner_id, lateness.c.linehaul_id, func.count()).group_by(
    parcel.c.partner_id, lateness.c.linehaul_id)
_LATE_ON = ListQuery(NUMBERS, lambda wanted: _LATE.select_from(
    wanted.join(lateness, lateness.c.linehaul_id == wanted.c.value).join(parcel, parcel.c.id == lateness.c.parcel_id)))
_LATE_IN = ListQuery(NUMBERS, lambda wanted: _LATE.select_from(
    wanted.join(lateness, lateness.c.unit_id == wanted.c.value).join(parcel, parcel.c.id == lateness.c.parcel_id)))


def find_parcels(
    conn: Connection, numbers: Sequence[str], scope: PartnerScope, now: datetime  # noqa: ARG001
) -> dict[str, tuple[ParcelView, ...]]:
    """Parcels behind numbers, newest life first; a number that is missing is unknown or not theirs."""
    found = [
        pair for pair in parcels_by_number(conn, list(dict.fromkeys(numbers)))
        if scope.allows(pair[1].state.partner_id)
    ]
    if not found:
        return {}
    known = {one.state.id: one for _, one in found}
    reader = Reader(conn, scope, list(known.values()))
    views = {key: reader.parcel(one) for key, one in known.items()}
    lives: dict[str, list[ParcelView]] = {}
    for number, one in sorted(found, key=_newest_first):
        lives.setdefault(number, []).append(views[one.state.id])
    return {number: tuple(lives[number]) for number in numbers if number in lives}


def _newest_first(found: tuple[str, FoundParcel]) -> int:
    return -found[1].state.first_seen


def parcels_by_id(conn: Connection, ids: Sequence[int], scope: PartnerScope) -> tuple[ParcelView, ...]:
    """Parcels by key, in the order asked; those outside the scope are left out."""
    found = [one for one in load_parcels(conn, ids) if scope.allows(one.state.partner_id)]
    reader = Reader(conn, scope, found)
    return tuple(map(reader.parcel, found))


def known_numbers(conn: Connection, numbers: Sequence[str], scope: PartnerScope) -> frozenset[str]:
    """Those of the numbers that name parcels of the scope."""
    found = parcels_by_number(conn, list(dict.fromkeys(numbers)))
    return frozenset(number for number, one in found if scope.allows(one.state.partner_id))


def is_known(conn: Connection, number: str, scope: PartnerScope) -> bool:
    """Whether a number names a parcel of the scope."""
    return bool(known_numbers(conn, [number], scope))


def find_linehauls(
    conn: Connection, refs: Sequence[str], scope: PartnerScope, now: datetime  # noqa: ARG001
) -> dict[str, tuple[LinehaulView, ...]]:
    """Linehauls by what people call them, the latest run first; unknown where no parcel of the scope is on board."""
    found: dict[str, tuple[LinehaulView, ...]] = {}
    for text in dict.fromkeys(refs):
        ref = parse_ref(text)
        runs = _RUNS.all(conn, {"number": ref.number})
        ids = [key for key, name, _ in runs if ref.date is None or name == ref.key][:RUNS_LOOKED_AT]
        views: list[LinehaulView] = []
        for key in ids:
            view = linehaul_view(conn, key, scope) if len(views) < NEWEST_RUNS else None
            if view is not None:
                views.append(view)
        if views:
            found[text] = tuple(views)
    return found


def linehaul_view(conn: Connection, linehaul_id: int, scope: PartnerScope) -> LinehaulView | None:
    """One linehaul with its parcels of the scope; None when it carries none of them, unless all is in scope."""
    inside = sorted(inside_of(conn, [linehaul_id]))
    counter = Counter(conn, scope)
    by_stage: Tally[str] = Tally()
    for one in counter.judged(counter.groups_on(inside)):
        by_stage[MILESTONE_NAMES.get(one.milestone, "UNKNOWN")] += one.group.parcels
    if not by_stage and scope.partner_ids is not None:
        return None
    reader = Reader(conn, scope, (), [linehaul_id])
    state, events, heard = reader.haul(linehaul_id)
    return haul_view(state, reader.carrier_of(state))._replace(
        events=events, parcels=sum(by_stage.values()),
        by_stage=dict(by_stage), late_parcels=_late_on(conn, inside, scope), data_as_of=heard,
    )


def _late_on(conn: Connection, inside: Sequence[int], scope: PartnerScope) -> int:
    on_board = sum(row[2] for row in _LATE_ON.all(conn, inside) if scope.allows(row[0]))
    in_units = sum(row[2] for row in _LATE_IN.all(conn, inside) if scope.allows(row[0]) and row[1] not in inside)
    return int(on_board + in_units)


def summarise(conn: Connection, wanted: Filter, scope: PartnerScope, now: datetime) -> Summary:
    """Counts of the scope's parcels whose last status falls into the filter."""
    counter = Counter(conn, scope, wanted)
    at: Tally[int] = Tally()
    held = 0
    for one in counter.all():
        at[one.milestone] += one.group.parcels
        held += one.group.parcels if one.group.held else 0
    under_way, late = _under_way(conn, wanted, scope, now)
    return Summary(
        total=sum(at.values()), by_stage={MILESTONE_NAMES.get(key, "UNKNOWN"): count for key, count in at.items()},
        received=sum(count for key, count in at.items() if HUB_RECEIVED <= key < RETURN_FIRST),
        delivered=at[DELIVERED], late=counter.late(), held=held,
        returned=sum(count for key, count in at.items() if RETURN_FIRST <= key <= RETURNED),
        linehauls=under_way, late_linehauls=late,
    )


def _under_way(conn: Connection, wanted: Filter, scope: PartnerScope, now: datetime) -> tuple[int, int]:
    """Flights and trains that left and have not arrived, with parcels of the scope; how many of them are late."""
    since = to_micros(now - UNDER_WAY_FOR)
    moving = {row[0]: row[1] for row in _UNDER_WAY.all(conn, {"since": since, "kind": KIND["movement"]})}
    carried = {row[0]: row[1] for row in _CARRIED_BY.all(conn, sorted(moving))} | {key: key for key in moving}
    counter = Counter(conn, scope, replace(wanted, since=None, until=None))
    groups = counter.judged(counter.groups_on(sorted(carried)))
    seen = {carried[key] for one in groups for key in (one.group.linehaul_id, one.group.unit_id) if key in carried}
    return len(seen), sum(moving[key] is not None for key in seen)

"""Which parcels a question about many means: scope, lane, place and period as clauses over their own rows."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, func

from bot.people import PartnerScope
from bot.store.schema import to_micros
from bot.tracking.codes import ARRIVED, DEPOT, MILESTONE
from bot.tracking.tables import lane, linehaul, parcel
from bot.tracking.views import Filter

HANDED_OVER = MILESTONE["LASTMILE_HANDED_OVER"]
_haul = linehaul.alias("haul")
_unit = linehaul.alias("unit")


def joined(statement: Select[Any], parcels: FromClause = parcel) -> Select[Any]:
    """From parcels, or those of a join, with their lane and what carries them."""
    return statement.select_from(
        parcels.outerjoin(lane, lane.c.id == parcel.c.lane_id)
        .outerjoin(_haul, _haul.c.id == parcel.c.linehaul_id).outerjoin(_unit, _unit.c.id == parcel.c.unit_id)
    )


def matching(wanted: Filter, scope: PartnerScope, instant: ColumnElement[int]) -> list[ColumnElement[bool]]:
    """Clauses over `joined`; the period is that of `instant`."""
    where: list[ColumnElement[bool]] = []
    hub = func.coalesce(lane.c.hub, _haul.c.hub, _unit.c.hub)
    if scope.partner_ids is not None:
        where.append(parcel.c.partner_id.in_(sorted(scope.partner_ids)))
    if wanted.hub is not None:
        where.append(hub == wanted.hub)
    if wanted.at_hub is not None:
        where += [hub == wanted.at_hub, _stage() >= ARRIVED, _stage() < HANDED_OVER]
    if wanted.mode is not None:
        where.append(func.coalesce(lane.c.mode, _haul.c.mode, _unit.c.mode) == wanted.mode)
    if wanted.country is not None:
        where.append(lane.c.country == wanted.country)
    if wanted.linehauls is not None:
        keys = sorted(wanted.linehauls)
        where.append(parcel.c.linehaul_id.in_(keys) | parcel.c.unit_id.in_(keys))
    if wanted.since is not None:
        where.append(instant >= to_micros(wanted.since))
    if wanted.until is not None:
        where.append(instant < to_micros(wanted.until))
    return where


def _stage() -> ColumnElement[int]:
    """How far a parcel is, with what carries it: `snapshot.effective` in SQL."""
    own, customs = func.coalesce(parcel.c.milestone, 0), parcel.c.customs
    haul, unit = (func.coalesce(alias.c.milestone, 0) for alias in (_haul, _unit))
    carried = case((unit > haul, unit), else_=haul)
    stage = case((and_(own < DEPOT, carried > own), carried), else_=own)
    early = and_(customs.is_not(None), own < DEPOT, (stage == 0) | ((stage >= ARRIVED) & (stage < customs)))
    return case((early, customs), else_=stage)

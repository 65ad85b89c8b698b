"""Parcels that something keeps from going on, by their own events; the cost grows with what is held."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from bot.people import PartnerScope
from bot.tracking.codes import MILESTONE, MILESTONE_NAMES, REASON, REASON_NAMES
from bot.tracking.finding import load_parcels
from bot.tracking.matching import joined, matching
from bot.tracking.parcelstate import ParcelState
from bot.tracking.reading import Reader, instant
from bot.tracking.tables import parcel
from bot.tracking.views import Filter, HeldGroup, HeldRow

_BY_CUSTOMS = [MILESTONE["EXPORT_CUSTOMS_HELD"], MILESTONE["IMPORT_CUSTOMS_HELD"]]
_OF_CUSTOMS = sorted(number for name, number in REASON.items() if name.startswith("CUS_"))


def held_list(
    conn: Connection, wanted: Filter, scope: PartnerScope, *, customs: bool = False, limit: int
) -> tuple[tuple[HeldGroup, ...], tuple[HeldRow, ...]]:
    """How many are held and why, the commonest first; and those held longest. `customs`: by customs alone."""
    where = _where(wanted, scope, customs=customs)
    count = func.count()
    groups = conn.execute(
        joined(select(parcel.c.hold, parcel.c.hold_reason, count)).where(*where)
        .group_by(parcel.c.hold, parcel.c.hold_reason).order_by(count.desc(), parcel.c.hold, parcel.c.hold_reason)
    ).all()
    ids = conn.execute(_longest_first(where).limit(limit)).scalars().all()
    return (
        tuple(HeldGroup(MILESTONE_NAMES[hold], REASON_NAMES.get(reason or 0), n) for hold, reason, n in groups),
        tuple(_rows(conn, ids, scope)),
    )


def held_ids(conn: Connection, wanted: Filter, scope: PartnerScope, *, customs: bool = False) -> Sequence[int]:
    """Every parcel that is held, those held longest first: keys alone."""
    return conn.execute(_longest_first(_where(wanted, scope, customs=customs))).scalars().all()


def _where(wanted: Filter, scope: PartnerScope, *, customs: bool) -> Sequence[ColumnElement[bool]]:
    by_customs = [or_(parcel.c.hold.in_(_BY_CUSTOMS), parcel.c.hold_reason.in_(_OF_CUSTOMS))] if customs else []
    return [parcel.c.held_since.is_not(None), *matching(wanted, scope, parcel.c.held_since), *by_customs]


def _longest_first(where: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """Keys of the held parcels."""
    return joined(select(parcel.c.id)).where(*where).order_by(parcel.c.held_since, parcel.c.id)


def _rows(conn: Connection, ids: Sequence[int], scope: PartnerScope) -> list[HeldRow]:
    found = load_parcels(conn, ids)
    reader = Reader(conn, scope, found)
    return [_row(reader, one.state) for one in found]


def _row(reader: Reader, state: ParcelState) -> HeldRow:
    since, outer = instant(state.held_since), reader.outermost(state)
    assert since is not None
    assert state.hold is not None
    place = next((hold.location for hold in reader.status(state).holds if hold.milestone == state.hold), None)
    return HeldRow(
        number=state.number, hold=MILESTONE_NAMES[state.hold], reason=REASON_NAMES.get(state.hold_reason or 0),
        since=since, place=place, linehaul=outer.key if outer is not None else None,
    )

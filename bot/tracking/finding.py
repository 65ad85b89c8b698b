"""Parcels found by number or key: a row with the names of what its keys stand for, in one statement."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnClause, Connection, FromClause, Select, literal_column, select

from bot.people.tables import partner
from bot.tracking.codes import Role
from bot.tracking.lists import NUMBERS, TEXTS, ListQuery
from bot.tracking.naming import LaneParts
from bot.tracking.parcelstate import PARCEL_COLUMNS, ParcelState
from bot.tracking.tables import lane, lateness, parcel, parcel_alias

_MAIN: ColumnClause[int] = literal_column(str(int(Role.MAIN)))
"""A literal, so that the index of the few other numbers is used."""
_other = parcel_alias.alias("other")
_HAS_OTHERS = select(literal_column("1")).where(
    _other.c.parcel_id == parcel.c.id, _other.c.role > _MAIN).correlate(parcel).exists()
_COLUMNS = (
    partner.c.code, lane.c.name, lane.c.origin, lane.c.mode, lane.c.hub, lane.c.country, lane.c.carrier,
    _HAS_OTHERS.label("has_others"), *PARCEL_COLUMNS,
)  # fmt: skip
_NO_LANE = LaneParts()


class FoundParcel(NamedTuple):
    """One parcel as it is stored."""

    state: ParcelState
    partner: str
    """The partner's code."""
    lane_name: str | None
    lane: LaneParts
    has_others: bool
    """Whether more numbers than the main one name it."""


def _of_parcel(*first: Any, aliases: FromClause) -> Select[Any]:
    joined = aliases.join(partner, partner.c.id == parcel.c.partner_id).outerjoin(
        lane, lane.c.id == parcel.c.lane_id).outerjoin(lateness, lateness.c.parcel_id == parcel.c.id)
    return select(*first, *_COLUMNS).select_from(joined)


_BY_NUMBER = ListQuery(TEXTS, lambda wanted: _of_parcel(
    parcel_alias.c.number, aliases=wanted.join(parcel_alias, parcel_alias.c.number == wanted.c.value)
    .join(parcel, parcel.c.id == parcel_alias.c.parcel_id)))
_BY_ID = ListQuery(NUMBERS, lambda wanted: _of_parcel(aliases=wanted.join(parcel, parcel.c.id == wanted.c.value)))
_OTHER_NUMBERS = ListQuery(NUMBERS, lambda wanted: select(parcel_alias.c.parcel_id, parcel_alias.c.number).join_from(
    wanted, parcel_alias, parcel_alias.c.parcel_id == wanted.c.value).where(parcel_alias.c.role > _MAIN))


def parcels_by_number(conn: Connection, numbers: Sequence[str]) -> list[tuple[str, FoundParcel]]:
    """Parcels by any of their numbers, each with the number that was asked."""
    return [(row[0], _found(row[1:])) for row in _BY_NUMBER.all(conn, numbers)]


def load_parcels(conn: Connection, ids: Sequence[int]) -> list[FoundParcel]:
    """Parcels by key, in the order asked."""
    found = {one.state.id: one for one in map(_found, _BY_ID.all(conn, ids))}
    return [found[key] for key in ids if key in found]


def other_numbers(conn: Connection, parcels: Sequence[FoundParcel]) -> dict[int, list[str]]:
    """The numbers besides the main one, by parcel; asked only for parcels that have any."""
    numbers: dict[int, list[str]] = {}
    for key, number in _OTHER_NUMBERS.all(conn, [one.state.id for one in parcels if one.has_others]):
        numbers.setdefault(key, []).append(number)
    return numbers


def _found(row: Sequence[Any]) -> FoundParcel:
    lane_name = row[1]
    parts = _NO_LANE if lane_name is None else LaneParts(*row[2:7])
    return FoundParcel(ParcelState(row[8:]), row[0], lane_name, parts, bool(row[7]))

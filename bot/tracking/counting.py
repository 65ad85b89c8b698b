"""Parcels counted in groups that are alike, each group judged once with what carries it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import BindParameter, Connection, and_, bindparam, case, func, literal, literal_column, select

from bot.people import PartnerScope
from bot.people.tables import partner
from bot.store.prepared import Prepared
from bot.store.schema import to_micros
from bot.tracking.haulstate import HaulState
from bot.tracking.ingest.names import Lanes
from bot.tracking.lists import NUMBERS, ListQuery
from bot.tracking.reading import load_hauls
from bot.tracking.snapshot import effective
from bot.tracking.tables import lateness, linehaul, parcel, pulse, tally
from bot.tracking.tally import HOUR
from bot.tracking.views import Filter

_ALL_TIME = (0, 1 << 62)
_TALLY = (tally.c.partner_id, tally.c.lane_id, tally.c.linehaul_id, tally.c.unit_id, tally.c.milestone,
          tally.c.customs, tally.c.held, literal(1), tally.c.parcels)
_OF_PARTNERS = ListQuery(NUMBERS, lambda wanted: select(*_TALLY).join_from(
    wanted, tally, tally.c.partner_id == wanted.c.value))
_ON_HAULS = ListQuery(NUMBERS, lambda wanted: select(*_TALLY).join_from(
    wanted, tally, tally.c.linehaul_id == wanted.c.value))
_IN_UNITS = ListQuery(NUMBERS, lambda wanted: select(*_TALLY).join_from(
    wanted, tally, tally.c.unit_id == wanted.c.value))
_SINCE: BindParameter[int] = bindparam("since")
_UNTIL: BindParameter[int] = bindparam("until")
_ZEROED = [func.coalesce(column, literal_column("0")) for column in (
    parcel.c.lane_id, parcel.c.linehaul_id, parcel.c.unit_id, parcel.c.milestone, parcel.c.customs)]
_HELD = case((parcel.c.hold.is_(None), literal_column("0")), else_=literal_column("1"))
_INSIDE = case((and_(parcel.c.status_at >= _SINCE, parcel.c.status_at < _UNTIL), literal_column("1")),
               else_=literal_column("0"))
_LATE = Prepared(lambda _: select(parcel.c.partner_id, *_ZEROED, _HELD, _INSIDE, func.count()).join_from(
    lateness, parcel, parcel.c.id == lateness.c.parcel_id).group_by(parcel.c.partner_id, *_ZEROED, _HELD, _INSIDE))
_IN_PERIOD = ListQuery(NUMBERS, lambda wanted: select(
    pulse.c.partner_id, pulse.c.lane_id, pulse.c.linehaul_id, pulse.c.unit_id, pulse.c.milestone, pulse.c.customs,
    pulse.c.held, literal_column("1"), func.sum(pulse.c.parcels),
).join_from(wanted, pulse, pulse.c.partner_id == wanted.c.value).where(
    pulse.c.hour >= bindparam("first"), pulse.c.hour <= bindparam("last"),
).group_by(
    pulse.c.partner_id, pulse.c.lane_id, pulse.c.linehaul_id, pulse.c.unit_id, pulse.c.milestone, pulse.c.customs,
    pulse.c.held))
_HAULS_IN_PERIOD = Prepared(lambda _: select(linehaul.c.id).where(
    linehaul.c.status_at >= _SINCE, linehaul.c.status_at < _UNTIL))
_PARTNERS = Prepared(lambda _: select(partner.c.id))


class Group(NamedTuple):
    """Parcels that are alike; 0 stands for none."""

    partner_id: int
    lane_id: int
    linehaul_id: int
    unit_id: int
    milestone: int
    customs: int
    held: int
    own_inside: int
    """1: their own last status lies in the period."""
    parcels: int


@dataclass(frozen=True, slots=True)
class Judged:
    """A group with the milestone its parcels have reached, by themselves or by what carries them."""

    group: Group
    milestone: int
    by_haul: bool
    at_haul: int | None
    """When, if what carries them decides."""


class Counter:
    """Judges groups of one scope and filter."""

    def __init__(self, conn: Connection, scope: PartnerScope, wanted: Filter | None = None) -> None:
        self._conn = conn
        self._scope = scope
        self._wanted = wanted or Filter()
        self._lanes: Lanes | None = None
        self._hauls: dict[int, HaulState] = {}

    @property
    def _period(self) -> tuple[int, int]:
        since, until = self._wanted.since, self._wanted.until
        first, last = _ALL_TIME
        return (first if since is None else to_micros(since), last if until is None else to_micros(until))

    def _partners(self) -> Sequence[int]:
        if self._scope.partner_ids is not None:
            return sorted(self._scope.partner_ids)
        return [row[0] for row in _PARTNERS.all(self._conn, {})]

    def all(self) -> list[Judged]:
        """Every parcel of the scope whose last status lies in the period, whose ends count by whole hours."""
        partners = self._partners()
        if self._wanted.since is None and self._wanted.until is None:
            return self.judged(map(Group._make, _OF_PARTNERS.all(self._conn, partners)))
        since, until = self._period
        bounds = {"since": since, "until": until}
        hours = {"first": max(since // HOUR, 1), "last": (until - 1) // HOUR}
        own = self.judged(map(Group._make, _IN_PERIOD.all(self._conn, partners, hours)))
        hauls = [row[0] for row in _HAULS_IN_PERIOD.all(self._conn, bounds)]
        carried = self.judged(self.groups_on(hauls))
        return [one for one in own if not one.by_haul] + [
            one for one in carried if one.by_haul and one.at_haul is not None and since <= one.at_haul < until]

    def late(self) -> int:
        """How many of them are late."""
        since, until = self._period
        rows = _LATE.all(self._conn, {"since": since, "until": until})
        judged = self.judged(Group._make(row) for row in rows if self._scope.allows(row[0]))
        everything = self._wanted.since is None and self._wanted.until is None
        return sum(
            one.group.parcels for one in judged
            if everything or (since <= (one.at_haul or 0) < until if one.by_haul else one.group.own_inside)
        )

    def groups_on(self, hauls: Sequence[int]) -> list[Group]:
        """Groups of the scope on or in any of these linehauls."""
        rows = {tuple(row) for query in (_ON_HAULS, _IN_UNITS) for row in query.all(self._conn, hauls)}
        return [Group._make(row) for row in rows if self._scope.allows(row[0])]

    def judged(self, groups: Iterable[Group]) -> list[Judged]:
        """Groups that pass the filter."""
        known = list(groups)
        ids = {key for one in known for key in (one.linehaul_id, one.unit_id) if key} - self._hauls.keys()
        self._hauls |= load_hauls(self._conn, ids)
        self._lanes = Lanes(self._conn, sorted({one.lane_id for one in known if one.lane_id}))
        return [self._judge(one) for one in known if self._passes(one)]

    def _judge(self, group: Group) -> Judged:
        haul, unit = self._carrier(group.linehaul_id), self._carrier(group.unit_id)
        own = (group.milestone or None, None)
        milestone, at = effective(own, (group.customs or None, None), haul, unit)
        by_haul = at is not None
        return Judged(group, milestone or 0, by_haul, at)

    def _carrier(self, key: int) -> tuple[int | None, int | None]:
        state = self._hauls.get(key)
        return (None, None) if state is None else (state.milestone, state.status_at)

    def _passes(self, group: Group) -> bool:
        wanted = self._wanted
        if wanted.hub is None and wanted.mode is None and wanted.country is None:
            return True
        assert self._lanes is not None
        lane = self._lanes.of(group.lane_id)
        outer = self._hauls.get(group.linehaul_id) or self._hauls.get(group.unit_id)
        hub = lane.hub or (outer.hub if outer is not None else None)
        mode = lane.mode or (outer.mode if outer is not None else None)
        return (
            wanted.hub in (None, hub) and wanted.mode in (None, mode) and wanted.country in (None, lane.country)
        )

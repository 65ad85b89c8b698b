"""Partners, lanes and sources of a batch: keys by name, made where they are new."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select

from bot.people.tables import partner
from bot.store.prepared import Prepared
from bot.tracking.ingest.rows import EventRow
from bot.tracking.lists import NUMBERS, TEXTS, Bulk, ListQuery
from bot.tracking.naming import LaneParts, lane_parts, source_rank
from bot.tracking.tables import lane, source

_PARTNERS = ListQuery(TEXTS, lambda wanted: select(partner.c.code, partner.c.id).join_from(
    wanted, partner, partner.c.code == wanted.c.value))
_LANES = ListQuery(TEXTS, lambda wanted: select(lane.c.name, lane.c.id).join_from(
    wanted, lane, lane.c.name == wanted.c.value))
_SOURCES = ListQuery(TEXTS, lambda wanted: select(source.c.name, source.c.id).join_from(
    wanted, source, source.c.name == wanted.c.value))
_LANES_BY_ID = ListQuery(NUMBERS, lambda wanted: select(
    lane.c.id, lane.c.origin, lane.c.mode, lane.c.hub, lane.c.country, lane.c.carrier, lane.c.name,
).join_from(wanted, lane, lane.c.id == wanted.c.value))


def _inserting(table: Table, names: Sequence[str]) -> Bulk:
    return Bulk(names, lambda insert: insert(table).values(
        {name: bindparam(name) for name in names}).on_conflict_do_nothing(index_elements=["name"]))


_NEW_LANE = _inserting(lane, ("name", "origin", "mode", "hub", "country", "carrier"))
_NEW_SOURCE = _inserting(source, ("name", "rank"))
_HEARD = Prepared(lambda _: source.update().where(
    source.c.id == bindparam("of"),
    (source.c.last_received_at.is_(None)) | (source.c.last_received_at < bindparam("at")),
).values(last_received_at=bindparam("at")))


class Names:
    """Keys by name for the rows of one batch."""

    def __init__(self, conn: Connection, rows: Sequence[EventRow]) -> None:
        self._conn = conn
        self.partners = _found(conn, _PARTNERS, {row.partner for row in rows if row.partner is not None})
        lanes = {row.lane for row in rows if row.lane is not None}
        self.lanes = _ensured(conn, _LANES, _NEW_LANE, {name: (name, *lane_parts(name)) for name in lanes})
        sources = {row.source for row in rows}
        self.sources = _ensured(conn, _SOURCES, _NEW_SOURCE, {name: (name, source_rank(name)) for name in sources})

    def heard(self, rows: Sequence[EventRow]) -> None:
        """Remember when each source was last heard."""
        last: dict[str, int] = {}
        for row in rows:
            if row.received > last.get(row.source, 0):
                last[row.source] = row.received
        for name, at in last.items():
            _HEARD.run(self._conn, {"of": self.sources[name], "at": at})


class Lanes:
    """What is known of the lanes parcels are on; `of(None)` knows nothing."""

    _NOTHING = LaneParts()

    def __init__(self, conn: Connection, ids: Sequence[int]) -> None:
        rows = _LANES_BY_ID.all(conn, ids)
        self._parts: Mapping[int, LaneParts] = {row[0]: LaneParts(*row[1:6]) for row in rows}
        self._names: Mapping[int, str] = {row[0]: row[6] for row in rows}

    def of(self, lane_id: int | None) -> LaneParts:
        """The parts of a lane."""
        return self._NOTHING if lane_id is None else self._parts.get(lane_id, self._NOTHING)

    def name(self, lane_id: int | None) -> str | None:
        """The lane's name."""
        return None if lane_id is None else self._names.get(lane_id)


def _found(conn: Connection, query: ListQuery, names: set[str]) -> dict[str, int]:
    return {row[0]: row[1] for row in query.all(conn, sorted(names))}


def _ensured(conn: Connection, query: ListQuery, new: Bulk, wanted: Mapping[str, Sequence[Any]]) -> dict[str, int]:
    found = _found(conn, query, set(wanted))
    missing = [wanted[name] for name in sorted(wanted.keys() - found.keys())]
    if missing:
        new.run(conn, missing)
        found = _found(conn, query, set(wanted))
    return found

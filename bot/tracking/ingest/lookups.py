"""What a batch of rows refers to: partners, lanes, sources, parcels, linehauls; found in few statements, or made."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from bot.people.tables import partner
from bot.store.schema import insert, to_micros
from bot.tracking.codes import Role
from bot.tracking.ingest.rows import EventRow, Ref
from bot.tracking.tables import lane, linehaul, parcel, parcel_alias, source

CHUNK = 500
REUSE_MICROS = 365 * 86_400_000_000
"""A number seen again so long after its parcel's first event names a new parcel."""
_HUBS = ("LGG", "BRU")
_MODES = ("air", "rail", "truck")


def chunks(values: Collection[Any]) -> Iterator[list[Any]]:
    """Parts no statement is too long for."""
    everything = list(values)
    for start in range(0, len(everything), CHUNK):
        yield everything[start : start + CHUNK]


@dataclass(frozen=True, slots=True)
class LaneParts:
    """What a lane's name says: `PVG-air-LGG-BE`."""

    origin: str | None
    mode: str | None
    hub: str | None
    country: str | None


def lane_parts(name: str) -> LaneParts:
    """Read origin, mode, hub and country out of a lane's name, as far as they are there."""
    parts = [part for part in re.split(r"[-_/ >]+", name) if part]
    upper = [part.upper() for part in parts]
    hub = next((part for part in upper if part in _HUBS), None)
    mode = next((part.lower() for part in parts if part.lower() in _MODES), None)
    country = upper[-1] if len(upper) > 1 and len(upper[-1]) == 2 and upper[-1].isalpha() else None
    origin = upper[0] if len(upper[0]) == 3 and upper[0] not in _HUBS else None
    return LaneParts(origin, mode, hub, country)


@dataclass(slots=True)
class Names:
    """Keys by name, remembered over batches."""

    partners: dict[str, int] = field(default_factory=dict)
    lanes: dict[str, int] = field(default_factory=dict)
    sources: dict[str, int] = field(default_factory=dict)

    def load(self, conn: Connection, rows: Sequence[EventRow]) -> None:
        """Make sure that every lane and source of the rows has a key."""
        self.partners.update({row.code: row.id for row in conn.execute(select(partner.c.code, partner.c.id))})
        _ensure(conn, lane, self.lanes, {row.lane for row in rows if row.lane}, lambda name: {
            part: getattr(lane_parts(name), part) for part in ("origin", "mode", "hub", "country")})
        _ensure(conn, source, self.sources, {row.source for row in rows}, lambda _: {})


def _ensure(conn: Connection, table: Any, known: dict[str, int], names: set[str], more: Any) -> None:
    missing = sorted(names - known.keys())
    if not missing:
        return
    for part in chunks(missing):
        conn.execute(
            insert(conn, table).on_conflict_do_nothing(index_elements=["name"]),
            [{"name": name, **more(name)} for name in part],
        )
        found = conn.execute(select(table.c.name, table.c.id).where(table.c.name.in_(part)))
        known.update({row.name: row.id for row in found})


def find_parcels_of(conn: Connection, numbers: Collection[str]) -> dict[tuple[str, int], Any]:
    """The newest parcel of each partner behind each number."""
    found: dict[tuple[str, int], Any] = {}
    for part in chunks(numbers):
        rows = conn.execute(
            select(parcel_alias.c.number.label("asked"), parcel)
            .select_from(parcel_alias.join(parcel))
            .where(parcel_alias.c.number.in_(part))
            .order_by(parcel.c.first_seen)
        )
        found.update({(row.asked, row.partner_id): row for row in rows})
    return found


def make_parcels(conn: Connection, new: Iterable[tuple[str, int, int]]) -> dict[tuple[str, int], int]:
    """Insert parcels (number, partner key, first seen in microseconds); returns their keys by number and partner."""
    wanted = list(new)
    values = [{"number": number, "partner_id": owner, "first_seen": seen} for number, owner, seen in wanted]
    if not values:
        return {}
    returned = conn.execute(parcel.insert().returning(parcel.c.id, sort_by_parameter_order=True), values)
    ids = returned.scalars().all()
    made = {(number, owner): int(key) for (number, owner, _), key in zip(wanted, ids, strict=True)}
    conn.execute(
        parcel_alias.insert(),
        [{"number": number, "parcel_id": key, "role": Role.MAIN} for (number, _), key in made.items()],
    )
    return made


def find_linehauls_of(conn: Connection, refs: Collection[Ref]) -> dict[str, list[Any]]:
    """Everything known by the numbers of the refs, by number, the newest first."""
    found: dict[str, list[Any]] = {}
    for part in chunks({ref.number for ref in refs}):
        rows = conn.execute(
            select(linehaul)
            .where(linehaul.c.number.in_(part))
            .order_by(linehaul.c.first_seen.desc(), linehaul.c.id.desc())
        )
        for row in rows:
            found.setdefault(row.number, []).append(row)
    return found


def seen_at(row: EventRow) -> int:
    """When a row's event is from, microseconds."""
    return to_micros(row.occurred or row.received)

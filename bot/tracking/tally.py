"""How many parcels are alike, in all and by the hour of their last status: kept with every change of a parcel.

Counting then costs what is asked, not what is stored.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam

from bot.store.prepared import MakeInsert
from bot.tracking.codes import DEPOT
from bot.tracking.lists import Bulk
from bot.tracking.parcelstate import Counted, ParcelState
from bot.tracking.tables import pulse, tally

HOUR = 3_600_000_000


def _adding(table: Table) -> Bulk:
    keys = [column.name for column in table.primary_key]

    def build(insert: MakeInsert) -> Any:
        made = insert(table).values({name: bindparam(name) for name in (*keys, "parcels")})
        return made.on_conflict_do_update(
            index_elements=keys, set_={"parcels": table.c.parcels + made.excluded.parcels}
        )
    return Bulk((*keys, "parcels"), build)


def _dropping(table: Table) -> Bulk:
    keys = [column.name for column in table.primary_key]
    return Bulk([f"of_{name}" for name in keys], lambda _: table.delete().where(
        and_(*(table.c[name] == bindparam(f"of_{name}") for name in keys)), table.c.parcels <= 0))


_ADD, _DROP = ({table: make(table) for table in (tally, pulse)} for make in (_adding, _dropping))


def count_changes(conn: Connection, states: Iterable[ParcelState], gone: Iterable[ParcelState] = ()) -> None:
    """Count parcels under what they are now, no longer under what they were."""
    changes: Counter[Counted] = Counter()
    for state in states:
        if state.changed or state.changed_rest:
            before, after = state.counted_before(), state.counted()
            if before != after:
                changes[after] += 1
                if before is not None:
                    changes[before] -= 1
    for state in gone:
        before = state.counted_before()
        if before is not None:
            changes[before] -= 1
    alike: Counter[tuple[int, ...]] = Counter()
    by_hour: Counter[tuple[int, ...]] = Counter()
    for counted, by in changes.items():
        alike[_alike(counted)] += by
        by_hour[_by_hour(counted)] += by
    _apply(conn, tally, alike)
    _apply(conn, pulse, by_hour)


def _alike(counted: Counted) -> tuple[int, ...]:
    linehaul, unit, partner, lane, milestone, customs, hold, _ = counted
    return (linehaul or 0, unit or 0, partner, lane or 0, milestone or 0, customs or 0, 0 if hold is None else 1)


def _by_hour(counted: Counted) -> tuple[int, ...]:
    linehaul, unit, partner, lane, milestone, customs, hold, at = counted
    if milestone is not None and milestone >= DEPOT:
        linehaul = unit = None  # from here on the parcel's own word alone counts
    return (
        partner, (at or 0) // HOUR, lane or 0, linehaul or 0, unit or 0, milestone or 0, customs or 0,
        0 if hold is None else 1,
    )  # fmt: skip


def _apply(conn: Connection, table: Table, changes: Counter[tuple[int, ...]]) -> None:
    rows: Sequence[tuple[int, ...]] = sorted((*key, by) for key, by in changes.items() if by)
    _ADD[table].run(conn, rows)
    _DROP[table].run(conn, [row[:-1] for row in rows if row[-1] < 0])

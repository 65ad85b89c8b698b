"""How many parcels are alike: kept with every change, so that counting costs what is asked and not what is stored."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, and_, bindparam

from bot.store.prepared import MakeInsert
from bot.tracking.ingest.state import ParcelState, TallyKey
from bot.tracking.lists import Bulk
from bot.tracking.tables import tally

_KEYS = ("linehaul_id", "unit_id", "partner_id", "lane_id", "milestone", "customs", "held")


def _adding(insert: MakeInsert) -> Any:
    made = insert(tally).values({name: bindparam(name) for name in (*_KEYS, "parcels")})
    return made.on_conflict_do_update(
        index_elements=list(_KEYS), set_={"parcels": tally.c.parcels + made.excluded.parcels}
    )


_ADD = Bulk((*_KEYS, "parcels"), _adding)
_DROP_EMPTY = Bulk(_KEYS, lambda _: tally.delete().where(
    and_(*(tally.c[name] == bindparam(name) for name in _KEYS)), tally.c.parcels <= 0))


def count_changes(conn: Connection, states: Iterable[ParcelState], gone: Iterable[ParcelState] = ()) -> None:
    """Count parcels under what they are now, no longer under what they were."""
    changes: Counter[TallyKey] = Counter()
    for state in states:
        after = state.tally_key()
        if after != state.before:
            changes[after] += 1
            if state.before is not None:
                changes[state.before] -= 1
            state.before = after
    for state in gone:
        if state.before is not None:
            changes[state.before] -= 1
    rows = sorted((*key, by) for key, by in changes.items() if by)
    _ADD.run(conn, rows)
    _DROP_EMPTY.run(conn, [row[:-1] for row in rows if row[-1] < 0])

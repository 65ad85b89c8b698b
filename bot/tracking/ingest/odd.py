"""New events whose code nobody knows, or that lie in the future, are counted for whoever watches over the feeds."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection

from bot.tracking.codes import State
from bot.tracking.ingest.events import STATE, Stored
from bot.tracking.ingest.names import Names
from bot.tracking.ingest.rows import EventRow
from bot.tracking.oddities import QUARANTINED, UNKNOWN_CODE, add

MINUTE = 60_000_000


def count_odd(
    conn: Connection, rows: Sequence[EventRow], stored: Stored, *, names: Names, now: int
) -> Counter[int]:
    """Count the odd ones among the new events of a batch; returns how many of which kind."""
    found: Counter[tuple[int, int]] = Counter()
    examples: dict[tuple[int, int], str] = {}
    for row, values, new in zip(rows, stored.values, stored.new, strict=True):
        if not new or not (row.unknown or values[STATE] == State.QUARANTINED):
            continue
        kind = UNKNOWN_CODE if row.unknown else QUARANTINED
        key = (names.sources[row.source], kind)
        found[key] += 1
        examples[key] = _example(row, kind)
    add(conn, found, examples, now=now)
    kinds: Counter[int] = Counter()
    for (_, kind), count in found.items():
        kinds[kind] += count
    return kinds


def _example(row: EventRow, kind: int) -> str:
    if kind == UNKNOWN_CODE:
        return row.code or ""
    ahead = ((row.occurred or row.received) - row.received) // MINUTE
    about = row.number or (row.linehaul.number if row.linehaul is not None else "")
    return f"{about}, {ahead // 60} h {ahead % 60} min ahead"

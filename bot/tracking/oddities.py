"""What feeds send that tells less than it should: unknown codes, events in the future. By source and hour."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, select

from bot.store.prepared import MakeInsert, Prepared
from bot.store.schema import from_micros, to_micros
from bot.tracking.lists import Bulk
from bot.tracking.tables import oddity, source

UNKNOWN_CODE, QUARANTINED = 1, 2
TOO_MANY = 20
"""Unknown codes of one source within a day that are worth a person's look."""
DAY = timedelta(days=1)
KEPT = timedelta(days=30)
"""So that somebody back from holidays still sees since when a source has been odd."""
_HOUR = 3_600_000_000
_KEYS = ("source_id", "hour", "kind")


def _adding(insert: MakeInsert) -> object:
    made = insert(oddity).values({name: bindparam(name) for name in (*_KEYS, "events", "example")})
    return made.on_conflict_do_update(index_elements=_KEYS, set_={
        "events": oddity.c.events + made.excluded.events, "example": made.excluded.example,
    })  # fmt: skip


_ADD = Bulk((*_KEYS, "events", "example"), _adding)  # type: ignore[arg-type]
_SINCE = Prepared(lambda _: select(
    source.c.name, oddity.c.kind, func.sum(oddity.c.events), func.max(oddity.c.hour)
).join_from(oddity, source, source.c.id == oddity.c.source_id).where(oddity.c.hour > bindparam("after")).group_by(
    source.c.name, oddity.c.kind).order_by(source.c.name, oddity.c.kind))
_LATEST = Prepared(lambda _: select(oddity.c.example).join_from(
    oddity, source, source.c.id == oddity.c.source_id).where(
    source.c.name == bindparam("name"), oddity.c.kind == bindparam("kind"), oddity.c.hour == bindparam("hour")))


@dataclass(frozen=True, slots=True)
class Oddity:
    """Odd events of one source."""

    source: str
    kind: int
    """`UNKNOWN_CODE` or `QUARANTINED`."""
    events: int
    last_at: datetime
    """The hour in which the last of them came."""
    example: str

    @property
    def too_many(self) -> bool:
        """Unknown codes that somebody should look at; of a day."""
        return self.kind == UNKNOWN_CODE and self.events > TOO_MANY


def told(one: Oddity) -> str:
    """What it is, with an example, for administrators."""
    if one.kind == UNKNOWN_CODE:
        return f"{one.events} events with codes nobody knows, kept as information; the latest: {one.example!r}"
    return f"{one.events} events lie in the future and do not count; the latest: {one.example}"


def fix(one: Oddity) -> str:
    """What an administrator can do about it."""
    if one.kind == UNKNOWN_CODE:
        return "ask the source what they mean"
    return "6, 7 or 8 h ahead is a wrong time zone: ask the source, or set time_zone of its [[feeds]] entry"


def add(
    conn: Connection, counts: Mapping[tuple[int, int], int], examples: Mapping[tuple[int, int], str], *, now: int
) -> None:
    """Count events by key of the source and kind."""
    hour = now // _HOUR
    _ADD.run(conn, [(key, hour, kind, count, examples[key, kind]) for (key, kind), count in sorted(counts.items())])


def oddities(conn: Connection, now: datetime, *, within: timedelta = DAY) -> tuple[Oddity, ...]:
    """Odd events by source since a while ago, to the hour; costs what was odd."""
    found = _SINCE.all(conn, {"after": to_micros(now - within) // _HOUR})
    return tuple(
        Oddity(name, kind, int(events), from_micros(hour * _HOUR), _example(conn, name, kind, hour))
        for name, kind, events, hour in found
    )


def forget_oddities(conn: Connection, now: datetime) -> int:
    """Delete what is older than anybody asks for; at most one row a source, kind and hour is ever kept."""
    return conn.execute(delete(oddity).where(oddity.c.hour < to_micros(now - KEPT) // _HOUR)).rowcount


def _example(conn: Connection, name: str, kind: int, hour: int) -> str:
    row = _LATEST.first(conn, {"name": name, "kind": kind, "hour": hour})
    return "" if row is None else str(row[0])

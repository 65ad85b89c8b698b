"""Events of a batch: each stored once under what it speaks of; newer versions replace, voids take back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select

from bot.store.prepared import Prepared
from bot.tracking.codes import INFO, QUALITY, Precision, State
from bot.tracking.ingest.identity import event_key, key_of_id, version_key
from bot.tracking.ingest.names import Names
from bot.tracking.ingest.rows import EventRow
from bot.tracking.lists import Bulk, PairQuery
from bot.tracking.tables import event

SKEW_ALLOWED = 10 * 60_000_000
_HALF_DAY = 12 * 3_600_000_000
_SKEWED = QUALITY["clock_skew"]
COLUMNS = tuple(column.name for column in event.c)
_AT = {name: place for place, name in enumerate(COLUMNS)}
_KEY, STATE, _RECEIVED = _AT["key"], _AT["state"], _AT["received_at"]
_CONTENT = tuple(_AT[name] for name in ("milestone", "occurred_at", "location", "reason"))
_TOMBSTONE = "VOID"

_INSERT = Bulk(COLUMNS, lambda insert: insert(event).values(
    {name: bindparam(name) for name in COLUMNS}).on_conflict_do_nothing())
_EXISTING = PairQuery(lambda subject, key, wanted: select(*event.c).join_from(
    wanted, event, and_(event.c.subject == subject, event.c.key == key)))
_DELETE = Prepared(lambda _: event.delete().where(
    event.c.subject == bindparam("of"), event.c.key == bindparam("by")))

Values = tuple[Any, ...]


@dataclass(slots=True)
class Memory:
    """What is remembered between batches of one feed: whether rows come that were here before."""

    seen_before: bool = False


@dataclass(slots=True)
class Stored:
    """What storing a batch came to."""

    new: list[bool]
    """For each row, whether it was."""
    values: list[Values]
    corrected: set[int] = field(default_factory=set)
    """Subjects of which something was replaced or taken back."""
    now: int = 0
    """The present, which stands in where a row does not say when it was reported."""


def store_events(
    conn: Connection, rows: Sequence[EventRow], subjects: Sequence[int], *, names: Names, memory: Memory, now: int
) -> Stored:
    """Store what is new."""
    values = [_values(row, subject, names) for row, subject in zip(rows, subjects, strict=True)]
    done = Stored([True] * len(rows), values, now=now)
    first: dict[tuple[int, int], int] = {}
    repeated: list[int] = []
    for place, value in enumerate(values):
        if first.setdefault((value[0], value[_KEY]), place) != place:
            repeated.append(place)
    places = list(range(len(rows))) if not repeated else sorted(first.values())
    if not _insert_all(conn, [values[place] for place in places], memory):
        _insert_some(conn, rows, places, done)
    for place in repeated:  # one after the other: each may be a newer version of the one before
        _insert_some(conn, rows, [place], done)
    memory.seen_before = not any(done.new)
    for row, value, new in zip(rows, values, done.new, strict=True):
        if row.voids is not None and new:
            _void(conn, row, value, done)
    return done


def _values(row: EventRow, subject: int, names: Names) -> Values:
    at, quality, state = row.occurred, row.quality, State.VALID
    if at is not None:
        ahead = at - row.received - (_HALF_DAY if row.precision == Precision.DAY else 0)
        if ahead > 0:
            quality |= _SKEWED
            if ahead > SKEW_ALLOWED:
                state = State.QUARANTINED
    if row.voids is not None and row.milestone == INFO:
        state = State.VOIDED  # a control record: kept, never shown
    return (
        subject, event_key(row), row.milestone, at, row.received, row.precision, state, quality,
        names.sources[row.source], row.reason, row.location, row.operator, row.zone, row.code, row.note, row.pieces,
        row.pieces_total, names.partners[row.partner] if subject < 0 and row.partner is not None else None,
    )  # fmt: skip


def _insert_all(conn: Connection, values: Sequence[Values], memory: Memory) -> bool:
    """Try to insert as if everything were new; False, and nothing done, when something was not."""
    if conn.dialect.name != "sqlite" or memory.seen_before:
        return False
    cursor = conn.connection.cursor()
    cursor.execute("SAVEPOINT events")
    if _INSERT.run(conn, values) == len(values):
        cursor.execute("RELEASE events")
        return True
    cursor.execute("ROLLBACK TO events")
    cursor.execute("RELEASE events")
    return False


def _insert_some(conn: Connection, rows: Sequence[EventRow], places: Sequence[int], done: Stored) -> None:
    values = [done.values[place] for place in places]
    found = {(row[0], row[1]): tuple(row) for row in _EXISTING.all(conn, [(one[0], one[_KEY]) for one in values])}
    fresh = []
    for place, value in zip(places, values, strict=True):
        before = found.get((value[0], value[_KEY]))
        if before is None:
            fresh.append(value)
        else:
            done.new[place], done.values[place] = _meet(conn, rows[place], value, before, done)
    _INSERT.run(conn, fresh)


def _meet(conn: Connection, row: EventRow, value: Values, before: Values, done: Stored) -> tuple[bool, Values]:
    """An event with the identity of a stored one: a duplicate, a newer version, an older one, or one taken back.

    Returns whether it is new, and how it is kept.
    """
    if before[STATE] == State.VOIDED and before[_AT["code"]] == _TOMBSTONE:
        voided = _with(value, State.VOIDED)
        _replace(conn, before, voided)
        return True, voided
    if row.event_id is None or before[STATE] == State.VOIDED or _content(value) == _content(before):
        return False, value
    newer = (value[_RECEIVED], str(_content(value))) > (before[_RECEIVED], str(_content(before)))
    older = _version(value if not newer else before)
    told = newer and value[_RECEIVED] < done.now  # the source said when: then even an old version may come again
    if not told and _EXISTING.all(conn, [(value[0], version_key(value[_KEY], _content(value)))]):
        return False, value
    done.corrected.add(value[0])
    if newer:
        _replace(conn, before, value)
    _INSERT.run(conn, [older])
    return True, value if newer else older


def _replace(conn: Connection, before: Values, after: Values) -> None:
    _DELETE.run(conn, {"of": before[0], "by": before[_KEY]})
    _INSERT.run(conn, [after])


def _content(value: Values) -> Values:
    return tuple(value[place] for place in _CONTENT)


def _version(value: Values) -> Values:
    """How an older version is kept: under a key of its own, out of count."""
    return (value[0], version_key(value[_KEY], _content(value)), *_with(value, State.SUPERSEDED)[2:])


def _with(value: Values, state: State) -> Values:
    return (*value[:STATE], state, *value[STATE + 1:])


def _void(conn: Connection, row: EventRow, value: Values, done: Stored) -> None:
    """Take an event back; one that has not come yet is taken back when it comes."""
    key = key_of_id(row.source, row.voids or "")
    found = _EXISTING.all(conn, [(value[0], key)])
    if found:
        _replace(conn, tuple(found[0]), _with(tuple(found[0]), State.VOIDED))
    else:
        told = (value[0], key, INFO, None, value[_RECEIVED], Precision.SECOND, State.VOIDED, 0, value[_AT["source_id"]])
        _INSERT.run(conn, [(*told, *(None,) * 4, _TOMBSTONE, *(None,) * 4)])
    done.corrected.add(value[0])

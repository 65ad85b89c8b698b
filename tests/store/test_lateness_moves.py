"""Revision 0006 moves what is due and what is late out of the parcels' rows, and loses nothing on the way."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from bot.store import migrate as migrating
from bot.store import open_store

_SCRIPTS = Path(migrating.__file__).with_name("migrations")
_COLUMNS = ("id", "due_at", "owed_at", "due_milestone", "due_rule", "linehaul_id", "unit_id", "late_since",
            "late_milestone", "late_rule", "told_rules")
_PARCELS = [
    (1, 500, 600, 120, 16, 7, None, None, None, None, 0),
    (2, 700, 800, 200, 24, 7, 9, 400, 110, 12, 4096),
    (3, None, None, None, None, None, None, 300, 200, 24, 1 << 24),
    (4, None, None, None, None, None, None, None, None, None, 0),
]


def to(revision: str, move: Callable[[Config, str], None] = command.upgrade) -> Callable[[Connection], None]:
    def unit(conn: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(_SCRIPTS))
        config.attributes["connection"] = conn
        move(config, revision)

    return unit


def rows(table: str, columns: str, order: str) -> Callable[[Connection], list[tuple[Any, ...]]]:
    statement = text(f"SELECT {columns} FROM {table} ORDER BY {order}")
    return lambda conn: [tuple(row) for row in conn.execute(statement)]


def old_parcels(conn: Connection) -> None:
    conn.execute(text("INSERT INTO partner (id, code, name, language, time_zone, calendar) "
                      "VALUES (1, 'c', 'C', 'en', 'UTC', 'BE')"))
    names = ", ".join(_COLUMNS)
    values = ", ".join(f":{name}" for name in _COLUMNS)
    for row in _PARCELS:
        conn.execute(text(f"INSERT INTO parcel (partner_id, number, first_seen, {names}) "
                          f"VALUES (1, 'LX', 0, {values})"), dict(zip(_COLUMNS, row, strict=True)))


async def test_what_is_due_and_late_moves_out_of_the_parcels_and_back(store_url: str) -> None:
    store = open_store(store_url)
    await store.write(to("0005"))
    await store.write(old_parcels)
    await store.write(to("0006"))
    assert await store.read(rows("parcel_due", "at, parcel_id", "at")) == [(500, 1), (700, 2)]
    late = ("parcel_id, since, milestone, rule, told_rules, due_at, owed_at, due_milestone, due_rule, "
            "linehaul_id, unit_id")
    assert await store.read(rows("lateness", late, "parcel_id")) == [
        (2, 400, 110, 12, 4096, 700, 800, 200, 24, 7, 9), (3, 300, 200, 24, 1 << 24, *(None,) * 6)]
    kept = "id, due_at, owed_at, due_milestone, due_rule, linehaul_id, unit_id"
    assert await store.read(rows("parcel", kept, "id")) == [row[:7] for row in _PARCELS]
    await store.write(to("0005", command.downgrade))
    assert await store.read(rows("parcel", ", ".join(_COLUMNS), "id")) == _PARCELS
    await store.close()

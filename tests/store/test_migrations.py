"""Migrations make exactly the tables the rooms declare, and say plainly what does not fit."""

import importlib
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

import bot
from bot.store import SchemaMismatch, Store, open_store
from bot.store.migrate import require_current, schema_status, upgrade
from bot.store.schema import metadata


def differences(conn: Connection) -> list[Any]:
    for file in Path(bot.__path__[0]).glob("*/tables.py"):
        importlib.import_module(f"bot.{file.parent.name}.tables")
    return list(compare_metadata(MigrationContext.configure(conn, opts={"compare_type": False}), metadata))


@pytest.fixture
async def empty(store_url: str) -> Store:
    return open_store(store_url)


async def test_the_migrations_make_the_tables_the_rooms_declare(empty: Store) -> None:
    before = await upgrade(empty)
    assert before.current is None
    assert (await schema_status(empty)).is_current
    assert await empty.read(differences) == []
    again = await upgrade(empty)
    assert again.is_current
    await empty.close()


async def test_a_newer_schema_is_refused_and_left_alone(empty: Store) -> None:
    await upgrade(empty)
    await empty.write(lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(SchemaMismatch, match="9999"):
        await require_current(empty)
    with pytest.raises(SchemaMismatch, match="newer Parcelbridge"):
        await upgrade(empty)
    await empty.close()


def run(statement: str, conn: Connection) -> None:
    conn.execute(text(statement))


def to(revision: str, conn: Connection) -> None:
    """The tables as that revision made them."""
    config = Config()
    config.set_main_option("script_location", str(Path(bot.__path__[0]) / "store" / "migrations"))
    config.attributes["connection"] = conn
    command.upgrade(config, revision)


async def test_tables_of_the_first_revision_come_up_to_date_with_what_is_in_them(empty: Store) -> None:
    await empty.write(partial(to, "0001"), patience=30.0)
    fill = "INSERT INTO contact (id, name, role, origin) VALUES (7, '李娜', 'partner', 'chat')"
    await empty.write(lambda conn: conn.execute(text(fill)).close())
    with pytest.raises(SchemaMismatch, match="parcelbridge db upgrade"):
        await require_current(empty)
    before = await upgrade(empty)
    assert before.current == "0001"
    assert await empty.read(differences) == []
    assert await empty.read(lambda conn: conn.execute(text("SELECT id, name FROM contact")).one()) == (7, "李娜")
    await empty.close()


async def test_groups_of_operators_go_on_getting_their_alerts(empty: Store) -> None:
    await empty.write(partial(to, "0008"), patience=30.0)
    places = ((1, "group"), (2, "group"), (3, "direct"))
    rows = [
        "INSERT INTO contact (id, name, role, origin) VALUES (7, 'Marie', 'operator', 'chat')",
        *(f"INSERT INTO conversation (id, adapter, external_id, kind, next_reply_seq, next_push_seq, created_at)"
          f" VALUES ({key}, 'chat', 'g{key}', '{kind}', 1, 1, 0)" for key, kind in places),
        *(f"INSERT INTO alert_subscription (conversation_id, contact_id, key, created_at)"
          f" VALUES ({key}, 7, 'all', 0)" for key in (1, 3)),
    ]  # fmt: skip
    for row in rows:
        await empty.write(partial(run, row))
    await upgrade(empty)
    kept = await empty.read(lambda conn: conn.execute(text("SELECT id FROM conversation WHERE staff")).scalars().all())
    assert kept == [1]
    await empty.close()

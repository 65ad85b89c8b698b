"""Migrations make exactly the tables the rooms declare, and say plainly what does not fit."""

import importlib
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


def to_first(conn: Connection) -> None:
    """The tables as the first release made them."""
    config = Config()
    config.set_main_option("script_location", str(Path(bot.__path__[0]) / "store" / "migrations"))
    config.attributes["connection"] = conn
    command.upgrade(config, "0001")


async def test_tables_of_the_first_revision_come_up_to_date_with_what_is_in_them(empty: Store) -> None:
    await empty.write(to_first, patience=30.0)
    fill = "INSERT INTO contact (id, name, role, origin) VALUES (7, '李娜', 'partner', 'chat')"
    await empty.write(lambda conn: conn.execute(text(fill)).close())
    with pytest.raises(SchemaMismatch, match="parcelbridge db upgrade"):
        await require_current(empty)
    before = await upgrade(empty)
    assert before.current == "0001"
    assert await empty.read(differences) == []
    assert await empty.read(lambda conn: conn.execute(text("SELECT id, name FROM contact")).one()) == (7, "李娜")
    await empty.close()

"""Migrations make exactly the tables the rooms declare, and say plainly what does not fit."""

import importlib
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
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

"""Units of work: durable, isolated from each other's faults, announced after the commit."""

import asyncio
import sqlite3
from collections.abc import Callable

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, func, select

from bot.store import Store, StoreBusy, StoreReadOnly, announce, open_store
from bot.store.schema import insert

scratch = MetaData()
note = Table("scratch_note", scratch, Column("id", Integer, primary_key=True), Column("text", String, unique=True))


def add(text: str) -> Callable[[Connection], str]:
    def unit(conn: Connection) -> str:
        conn.execute(insert(conn, note).values(text=text))
        return text

    return unit


def count(conn: Connection) -> int:
    return conn.execute(select(func.count()).select_from(note)).scalar_one()


@pytest.fixture
async def notes(store: Store) -> Store:
    await store.write(scratch.create_all)
    return store


async def test_many_callers_share_commits_and_each_gets_its_own_result(notes: Store) -> None:
    results = await asyncio.gather(*(notes.write(add(f"n{i}")) for i in range(300)))
    assert results == [f"n{i}" for i in range(300)]
    assert await notes.read(count) == 300


async def test_a_failing_unit_spoils_nobody_elses(notes: Store) -> None:
    await notes.write(add("taken"))
    results = await asyncio.gather(
        *(notes.write(add(t)) for t in ("a", "taken", "b", "c")), return_exceptions=True
    )
    assert [r if isinstance(r, str) else "refused" for r in results] == ["a", "refused", "b", "c"]
    assert await notes.read(count) == 4


async def test_what_was_read_after_a_write_returned_is_there(notes: Store) -> None:
    for i in range(20):
        await notes.write(add(f"x{i}"))
        assert await notes.read(count) == i + 1


async def test_a_topic_wakes_its_subscribers_only_after_a_commit(notes: Store) -> None:
    woken = notes.subscribe("mail")

    def failing(conn: Connection) -> None:
        announce(conn, "mail")
        raise ValueError("no")

    with pytest.raises(ValueError):
        await notes.write(failing)
    assert not woken.is_set()
    await notes.write(lambda conn: announce(conn, "mail"))
    await asyncio.wait_for(woken.wait(), 5)


async def test_a_reader_cannot_write(sqlite_store: Store) -> None:
    await sqlite_store.write(scratch.create_all)
    with pytest.raises(StoreReadOnly):
        await sqlite_store.read(add("sneaky"))


async def test_a_locked_file_is_refused_after_the_callers_patience_and_nothing_is_lost(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    await store.write(scratch.create_all)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite+aiosqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    patient = asyncio.create_task(store.write(add("patient"), patience=30))
    with pytest.raises(StoreBusy):
        await store.write(add("hasty"), patience=0.1)
    other.execute("ROLLBACK")
    other.close()
    assert await patient == "patient"
    assert await store.read(count) == 1
    await store.close()

"""Units of work: durable, isolated from each other's faults, announced after the commit."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, func, select

from bot.store import Store, StoreBusy, StoreReadOnly, announce, open_store
from bot.store.schema import insert
from bot.store.sqlite_writer import Job, Writer

scratch = MetaData()
note = Table("scratch_note", scratch, Column("id", Integer, primary_key=True), Column("text", String, unique=True))


def add(text: str) -> Callable[[Connection], str]:
    def unit(conn: Connection) -> str:
        conn.execute(insert(conn, note).values(text=text))
        return text

    return unit


def count(conn: Connection) -> int:
    return conn.execute(select(func.count()).select_from(note)).scalar_one()


BOTH = pytest.mark.parametrize("brief", [False, True], ids=["any length", "brief"])


@pytest.fixture
async def notes(store: Store) -> Store:
    await store.write(scratch.create_all)
    return store


@BOTH
async def test_many_callers_share_commits_and_each_gets_its_own_result(notes: Store, brief: bool) -> None:
    results = await asyncio.gather(*(notes.write(add(f"n{i}"), brief=brief) for i in range(300)))
    assert results == [f"n{i}" for i in range(300)]
    assert await notes.read(count, brief=brief) == 300


@BOTH
async def test_a_failing_unit_spoils_nobody_elses(notes: Store, brief: bool) -> None:
    await notes.write(add("taken"))
    results = await asyncio.gather(
        *(notes.write(add(t), brief=brief) for t in ("a", "taken", "b", "c")), return_exceptions=True
    )
    assert [r if isinstance(r, str) else "refused" for r in results] == ["a", "refused", "b", "c"]
    assert await notes.read(count, brief=brief) == 4


@BOTH
async def test_what_was_read_after_a_write_returned_is_there(notes: Store, brief: bool) -> None:
    for i in range(20):
        await notes.write(add(f"x{i}"), brief=brief)
        assert await notes.read(count, brief=brief) == i + 1


@BOTH
async def test_a_topic_wakes_its_subscribers_only_after_a_commit(notes: Store, brief: bool) -> None:
    woken = notes.subscribe("mail")

    def failing(conn: Connection) -> None:
        announce(conn, "mail")
        raise ValueError("no")

    with pytest.raises(ValueError):
        await notes.write(failing, brief=brief)
    assert not woken.is_set()
    await notes.write(lambda conn: announce(conn, "mail"), brief=brief)
    await asyncio.wait_for(woken.wait(), 5)


@BOTH
async def test_a_reader_cannot_write(sqlite_store: Store, brief: bool) -> None:
    await sqlite_store.write(scratch.create_all)
    with pytest.raises(StoreReadOnly):
        await sqlite_store.read(add("sneaky"), brief=brief)


@BOTH
async def test_a_locked_file_is_refused_after_the_callers_patience_and_nothing_is_lost(
    sqlite_url: str, brief: bool
) -> None:
    store = open_store(sqlite_url)
    await store.write(scratch.create_all)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite+aiosqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    patient = asyncio.create_task(store.write(add("patient"), patience=30, brief=brief))
    with pytest.raises(StoreBusy):
        await store.write(add("hasty"), patience=0.1, brief=brief)
    assert await store.read(count, brief=True) == 0
    other.execute("ROLLBACK")
    other.close()
    assert await patient == "patient"
    assert await store.read(count) == 1
    await store.close()


async def test_a_brief_unit_that_waited_for_a_lock_is_done_once(sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite+aiosqlite:///"))
    other = sqlite3.connect(path, isolation_level=None)
    writer = Writer(path)
    job = Job(lambda conn: None, asyncio.get_running_loop().create_future(), time.monotonic() + 30, brief=True)
    writer.run([Job(scratch.create_all, job.future, job.deadline)])
    other.execute("BEGIN IMMEDIATE")
    writer.run([job])
    waited = job.again
    other.execute("ROLLBACK")
    other.close()
    assert writer.prepared([job])
    writer.commit()
    assert (waited, job.again) == (True, False)
    writer.close()


async def test_brief_units_and_others_come_in_turn(sqlite_store: Store) -> None:
    await sqlite_store.write(scratch.create_all)
    await asyncio.gather(*(sqlite_store.write(add(f"{i}"), brief=i % 3 > 0) for i in range(100)))
    texts = await sqlite_store.read(lambda conn: conn.execute(select(note.c.text).order_by(note.c.id)).scalars().all())
    assert texts == [str(i) for i in range(100)]


async def test_a_brief_unit_runs_on_the_callers_thread(sqlite_store: Store) -> None:
    await sqlite_store.write(scratch.create_all)  # opens the writer's connection
    here = threading.get_ident()
    assert await sqlite_store.read(lambda conn: threading.get_ident(), brief=True) == here
    assert await sqlite_store.write(lambda conn: threading.get_ident(), brief=True) == here
    assert await sqlite_store.read(lambda conn: threading.get_ident()) != here


async def test_units_in_parts_go_part_by_part_where_they_share_a_commit(notes: Store) -> None:
    order: list[str] = []

    def in_parts(name: str) -> Callable[[Connection], Generator[None, None, str]]:
        def unit(conn: Connection) -> Generator[None, None, str]:
            for part in range(2 if name == "short" else 3):
                order.append(f"{name}{part}")
                yield
            add(name)(conn)
            return name

        return unit

    names = ["a", "short", "b"]
    assert await asyncio.gather(*(notes.write_in_parts(in_parts(name)) for name in names)) == names
    assert await notes.read(count) == 3
    assert sorted(order) == ["a0", "a1", "a2", "b0", "b1", "b2", "short0", "short1"]
    if notes.dialect == "sqlite":
        order.clear()
        await asyncio.gather(*(notes.write_in_parts(in_parts(f"more {name}")) for name in "ab"))
        assert order == ["more a0", "more b0", "more a1", "more b1", "more a2", "more b2"]


async def test_a_part_that_fails_leaves_nothing_of_its_unit_and_spoils_nobody_elses(notes: Store) -> None:
    def half(conn: Connection) -> Generator[None, None, int]:
        add("half")(conn)
        yield
        raise ValueError("in the second part")

    def whole(conn: Connection) -> Generator[None, None, int]:
        yield
        add("whole")(conn)
        return 1

    results = await asyncio.gather(
        notes.write_in_parts(whole), notes.write_in_parts(half), notes.write(add("plain"), brief=True),
        return_exceptions=True,
    )
    assert (results[0], type(results[1])) == (1, ValueError)
    assert await notes.read(count) == 2

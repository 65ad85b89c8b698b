"""Reading beside the writer: one state of the database a unit, many units at a time, and never a change."""

import asyncio
import sqlite3
import threading

from sqlalchemy import Column, Connection, Integer, MetaData, Table, bindparam, func, select, text

from bot.store import Store, open_store
from bot.store.prepared import Prepared
from bot.store.sqlite_readers import READERS

scratch = MetaData()
tally = Table("scratch_tally", scratch, Column("id", Integer, primary_key=True))
COUNT = Prepared(lambda _: select(func.count()).select_from(tally))
FIND = Prepared(lambda _: select(tally.c.id).where(tally.c.id == bindparam("id")))


async def test_prepared_statements_and_core_read_the_same(store: Store) -> None:
    await store.write(scratch.create_all)
    await store.write(lambda conn: conn.execute(tally.insert(), [{"id": 1}, {"id": 2}]))

    def unit(conn: Connection) -> tuple[object, ...]:
        found = [FIND.first(conn, {"id": number}) for number in (2, 3)]
        return *(row and row[0] for row in found), COUNT.all(conn, {})[0][0], len(conn.execute(select(tally)).all())

    assert await store.read(unit) == (2, None, 2, 2)


async def test_a_unit_sees_one_state_of_the_database_even_when_others_write(sqlite_store: Store) -> None:
    await sqlite_store.write(scratch.create_all)
    loop = asyncio.get_running_loop()

    def unit(conn: Connection) -> tuple[int, int]:
        before = conn.scalar(select(func.count()).select_from(tally))
        writing = sqlite_store.write(lambda conn: conn.execute(tally.insert(), {"id": 1}))
        asyncio.run_coroutine_threadsafe(writing, loop).result(timeout=5)
        return before or 0, conn.scalar(select(func.count()).select_from(tally)) or 0

    assert await sqlite_store.read(unit) == (0, 0)
    assert await sqlite_store.read(lambda conn: conn.scalar(select(func.count()).select_from(tally))) == 1


async def test_as_many_units_as_there_are_readers_run_at_the_same_time(sqlite_store: Store) -> None:
    meeting = threading.Barrier(READERS, timeout=5)

    def unit(conn: Connection) -> int:
        meeting.wait()
        return len(conn.execute(text("SELECT 1")).all())

    assert await asyncio.gather(*(sqlite_store.read(unit) for _ in range(READERS))) == [1] * READERS


async def test_a_reader_that_gives_up_waiting_disturbs_nobody(sqlite_store: Store) -> None:
    await sqlite_store.write(scratch.create_all)
    hold = threading.Event()
    stuck = [asyncio.create_task(sqlite_store.read(lambda _: hold.wait(5))) for _ in range(READERS)]
    waiting = asyncio.create_task(sqlite_store.read(lambda conn: COUNT.all(conn, {})))
    await asyncio.sleep(0)
    waiting.cancel()
    hold.set()
    await asyncio.gather(*stuck)
    assert (await sqlite_store.read(lambda conn: COUNT.all(conn, {})))[0][0] == 0


async def test_a_failing_unit_leaves_the_reader_usable(sqlite_store: Store) -> None:
    def failing(conn: Connection) -> None:
        conn.execute(text("SELECT 1"))
        raise ValueError("no")

    for _ in range(READERS + 1):
        result = await asyncio.gather(sqlite_store.read(failing), return_exceptions=True)
        assert isinstance(result[0], ValueError)
    assert await sqlite_store.read(lambda conn: conn.execute(text("SELECT 1")).scalar_one()) == 1


async def test_a_brief_reader_never_keeps_the_event_loop_waiting_for_a_lock(sqlite_url: str) -> None:
    path = sqlite_url.removeprefix("sqlite+aiosqlite:///")
    alone = sqlite3.connect(path, isolation_level=None)
    for statement in ("PRAGMA locking_mode=EXCLUSIVE", "PRAGMA journal_mode=WAL", "CREATE TABLE scratch_alone (id)"):
        alone.execute(statement)
    store = open_store(sqlite_url)
    reading = asyncio.create_task(store.read(lambda conn: conn.scalar(text("SELECT 1 FROM sqlite_master")), brief=True))
    asyncio.get_running_loop().call_later(0.1, alone.close)
    assert await reading == 1
    await store.close()

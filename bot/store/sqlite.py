"""SQLite behind `Store`: one writer thread that commits for many callers at once, aiosqlite for readers.

SQLite has one writer. Instead of letting callers queue for its lock and pay one disk flush each, they hand their units
to the writer thread; while one commit is being flushed the next batch gathers. Throughput comes from sharing commits,
never from weaker durability: `synchronous=FULL` stays. Decision 0002 tells more.
"""

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, StaticPool

from bot.store.base import DEFAULT_PATIENCE_SECONDS, Subscriptions, Unit, take_topics
from bot.store.errors import StoreBusy, StoreError, StoreFull, StoreReadOnly

T = TypeVar("T")

MAX_BATCH = 256
"""Units that share one commit at the most."""
LOCK_POLL_SECONDS = 0.02
READERS = 4
PAGE_CACHE_KIB = 16_384


@dataclass(slots=True, eq=False)
class _Job:
    unit: Unit[Any]
    future: "asyncio.Future[Any]"
    deadline: float
    result: Any = field(default=None)
    error: BaseException | None = None


class SqliteStore:
    """A store in one file; one process writes at a time, any number read."""

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._jobs: list[_Job] = []
        self._draining = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = False
        self._subscriptions = Subscriptions()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store-writer")
        self._writer = _writer_engine(path)
        self._writer_conn: Connection | None = None
        self._readers = _reader_engine(path)

    def subscribe(self, topic: str) -> asyncio.Event:
        """See `Store.subscribe`."""
        return self._subscriptions.subscribe(topic)

    async def read(self, unit: Unit[T]) -> T:
        """See `Store.read`."""
        try:
            async with self._readers.connect() as conn:
                return await conn.run_sync(unit)
        except DBAPIError as error:
            raise translate(error, self._path) from error

    async def write(self, unit: Unit[T], *, patience: float = DEFAULT_PATIENCE_SECONDS) -> T:
        """See `Store.write`."""
        if self._closed:
            raise StoreError(f"store {self._path} is closed")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.append(_Job(unit, future, time.monotonic() + patience))
        if not self._draining:
            self._draining = True
            self._idle.clear()
            self._next_batch()
        return await future

    async def close(self) -> None:
        """See `Store.close`."""
        self._closed = True
        await self._idle.wait()
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._close_writer)
        self._thread.shutdown(wait=True)
        await self._readers.dispose()

    def _next_batch(self) -> None:
        batch, self._jobs = self._jobs[:MAX_BATCH], self._jobs[MAX_BATCH:]
        running = asyncio.get_running_loop().run_in_executor(self._thread, self._run_batch, batch)
        running.add_done_callback(lambda done: self._finish(batch, done))

    def _finish(self, batch: list[_Job], done: "asyncio.Future[set[str]]") -> None:
        fault = done.exception()
        for job in batch:
            if job.future.cancelled():
                continue
            error = job.error or fault
            if error is not None:
                job.future.set_exception(error)
            else:
                job.future.set_result(job.result)
        if fault is None:
            self._subscriptions.wake(done.result())
        if self._jobs:
            self._next_batch()
        else:
            self._draining = False
            self._idle.set()

    # ---- on the writer thread from here on ----

    def _run_batch(self, batch: list[_Job]) -> set[str]:
        """Run the units in one transaction; when one fails, run each in a transaction of its own."""
        conn = self._connected()
        topics: set[str] = set()
        alive = _begin(conn, batch)
        if not alive:
            return topics
        try:
            for job in alive:
                job.result = job.unit(conn)
            conn.commit()
        except Exception as error:  # noqa: BLE001 - a unit's fault is its own caller's; running each alone finds it
            conn.rollback()
            take_topics(conn)
            if len(alive) == 1:
                alive[0].error = translate(error, self._path)
            else:
                for job in alive:
                    topics |= self._run_batch([job])
            return topics
        return topics | take_topics(conn)

    def _connected(self) -> Connection:
        if self._writer_conn is None or self._writer_conn.invalidated:
            self._writer_conn = self._writer.connect()
        return self._writer_conn

    def _close_writer(self) -> None:
        if self._writer_conn is not None:
            self._writer_conn.close()
        self._writer.dispose()


def _begin(conn: Connection, batch: Sequence[_Job]) -> list[_Job]:
    """Open a write transaction, waiting for another process's lock; jobs whose patience ends get `StoreBusy`."""
    waiting = list(batch)
    while waiting:
        try:
            conn.begin()
            return waiting
        except DBAPIError as error:
            conn.rollback()
            fault = translate(error, None)
            if not isinstance(fault, StoreBusy):
                for job in waiting:
                    job.error = fault
                return []
            now = time.monotonic()
            for job in waiting:
                if job.deadline <= now:
                    job.error = fault
            waiting = [job for job in waiting if job.error is None]
            time.sleep(LOCK_POLL_SECONDS)
    return []


def translate(error: BaseException, path: Path | None) -> BaseException:
    """The store's own error for a driver's error; anything else is returned as it is."""
    origin = getattr(error, "orig", error)
    while isinstance(getattr(origin, "__cause__", None), sqlite3.Error):
        origin = origin.__cause__
    if not isinstance(origin, sqlite3.Error):
        return error
    where = f"store {path}" if path else "the store"
    text = str(origin)
    if "locked" in text or "busy" in text:
        return StoreBusy(f"{where}: another process is writing and did not finish in time; try again")
    if "full" in text:
        return StoreFull(f"{where}: the disk is full; free some space, then try again")
    if "readonly" in text or "read-only" in text:
        return StoreReadOnly(f"{where}: may not be written; give this user write permission on the file and its folder")
    if "unable to open" in text:
        return StoreError(f"{where}: cannot be opened; check the folder and its permissions")
    return error


def _writer_engine(path: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "timeout": 0.05, "cached_statements": 512},
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, record: object) -> None:  # noqa: ARG001
        connection.isolation_level = None  # transactions are opened by our own BEGIN IMMEDIATE
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.execute(f"PRAGMA cache_size=-{PAGE_CACHE_KIB}")

    @event.listens_for(engine, "begin")
    def _begin_immediate(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _reader_engine(path: Path) -> AsyncEngine:
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{path}",
        poolclass=AsyncAdaptedQueuePool,
        pool_size=READERS,
        max_overflow=0,
        pool_reset_on_return=None,
        connect_args={"timeout": 5.0, "cached_statements": 512},
        isolation_level="AUTOCOMMIT",
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _configure(connection: Any, record: object) -> None:  # noqa: ARG001
        cursor = connection.cursor()
        cursor.execute("PRAGMA query_only=ON")
        cursor.execute("PRAGMA temp_store=MEMORY")
        cursor.execute(f"PRAGMA cache_size=-{PAGE_CACHE_KIB // READERS}")
        cursor.close()

    return engine

"""The writer of an SQLite store: runs batches of units, each batch in one transaction. Used by one thread at a time."""

import asyncio
import sqlite3
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from bot.store.base import Unit, take_topics
from bot.store.errors import StoreBusy
from bot.store.sqlite_errors import translate

LOCK_POLL_SECONDS = 0.02
LOCK_WAIT_SECONDS = 0.05
"""How long SQLite itself waits for a lock before we look at our callers' patience again."""
TURN_SECONDS = 0.2
"""How long one batch waits for the lock before those who came meanwhile, perhaps with less patience, join it."""
PAGE_CACHE_KIB = 16_384
CACHED_STATEMENTS = 512


@dataclass(slots=True, eq=False)
class Job:
    """One caller's unit and what became of it."""

    unit: Unit[Any]
    """Of a job in parts it returns the generator."""
    future: "asyncio.Future[Any]"
    deadline: float
    """Monotonic seconds: until when the caller waits for the lock."""
    brief: bool = False
    in_parts: bool = False
    result: Any = field(default=None)
    error: BaseException | None = None
    again: bool = False
    """The lock was not to be had in this turn and the caller still waits: to be put into the next batch."""


class Writer:
    """The one connection that writes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine = _engine(path)
        self._conn: Connection | None = None

    def prepared(self, batch: Sequence[Job]) -> bool:
        """Run the units of a batch without any waiting; their transaction is left to `commit`.

        False, and nothing was done, when another process holds the lock or a unit fails: then `run` is called for.
        """
        conn = self._conn
        if conn is None or conn.invalidated:
            return False
        try:
            self._begin_now(conn)
            for job in batch:
                job.again = False
            _run_units(batch, conn)
        except Exception:  # noqa: BLE001 - `run` meets it again, and tells whose fault it is
            self._roll_back(conn)
            return False
        return True

    def commit(self) -> set[str]:
        """Commit what was prepared; the topics it announced."""
        conn = self._connected()
        try:
            conn.commit()
        except BaseException as error:
            self._roll_back(conn)
            raise translate(error, self._path) from error
        return take_topics(conn)

    def run(self, batch: Sequence[Job]) -> set[str]:
        """Run the units in one transaction; when one fails, run each in a transaction of its own.

        Returns the topics announced by what was committed. Faults are left in the jobs.
        """
        alive = self._begin(batch)
        if not alive:
            return set()
        conn = self._connected()
        try:
            _run_units(alive, conn)
            conn.commit()
        except Exception as error:  # noqa: BLE001 - a unit's fault is its own caller's; running each alone finds it
            self._roll_back(conn)
            if len(alive) == 1:
                alive[0].error = translate(error, self._path)
                return set()
            return set().union(*(self.run([job]) for job in alive))
        return take_topics(conn)

    def close(self) -> None:
        """Release the connection."""
        if self._conn is not None:
            self._conn.close()
        self._engine.dispose()

    def _begin(self, batch: Sequence[Job]) -> list[Job]:
        """Open a transaction, waiting a turn for another process's lock; jobs whose patience ends get `StoreBusy`."""
        waiting, turn_ends = list(batch), time.monotonic() + TURN_SECONDS
        for job in waiting:
            job.again = False
        while waiting:
            try:
                self._connected().begin()
                return waiting
            except (DBAPIError, sqlite3.Error) as error:
                fault = translate(error, self._path)
            if self._conn is not None:
                self._roll_back(self._conn)
            waiting = _still_patient(waiting, fault)
            if not waiting or time.monotonic() >= turn_ends:
                break
            time.sleep(LOCK_POLL_SECONDS)
        for job in waiting:
            job.again = True
        return []

    @staticmethod
    def _begin_now(conn: Connection) -> None:
        """Open a transaction or fail at once: the event loop must not wait for another process."""
        raw: Any = conn.connection.driver_connection
        raw.execute("PRAGMA busy_timeout=0")
        try:
            conn.begin()
        finally:
            raw.execute(f"PRAGMA busy_timeout={int(LOCK_WAIT_SECONDS * 1000)}")

    def _connected(self) -> Connection:
        if self._conn is None or self._conn.invalidated:
            self._conn = self._engine.connect()
        return self._conn

    @staticmethod
    def _roll_back(conn: Connection) -> None:
        take_topics(conn)
        try:
            conn.rollback()
        except (DBAPIError, sqlite3.Error):  # nobody knows how it stands: the next batch gets another connection
            conn.invalidate()


def _run_units(jobs: Sequence[Job], conn: Connection) -> None:
    """Every job's unit; of those in parts the first part of all, then the second, and so on."""
    for job in jobs:
        job.result = job.unit(conn)
    going = [(job, job.result) for job in jobs if job.in_parts]
    while going:
        going = [(job, parts) for job, parts in going if not _ended(job, parts)]


def _ended(job: Job, parts: Generator[None, None, Any]) -> bool:
    """Run the next part; True when it was the last."""
    try:
        next(parts)
    except StopIteration as end:
        job.result = end.value
        return True
    return False


def _still_patient(jobs: Sequence[Job], fault: BaseException) -> list[Job]:
    """Who waits on for the lock; the others, and all for any other fault, get the fault."""
    now = time.monotonic()
    left = []
    for job in jobs:
        if isinstance(fault, StoreBusy) and job.deadline > now:
            left.append(job)
        else:
            job.error = fault
    return left


def _engine(path: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=StaticPool,
        connect_args={
            "check_same_thread": False, "timeout": LOCK_WAIT_SECONDS, "cached_statements": CACHED_STATEMENTS,
        },
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

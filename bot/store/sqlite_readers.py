"""The readers of an SQLite store: aiosqlite connections, a whole unit in one hop to such a connection's thread.

SQLAlchemy's own aiosqlite dialect crosses threads about four times a statement. Here the unit itself crosses, once:
each aiosqlite connection's raw connection is wrapped in a plain, synchronous SQLAlchemy connection, and unit and
connection meet on aiosqlite's thread. Brief units do not cross at all: under load two threads that take turns in
Python for every statement cost more than what is read. Decision 0002 has the figures.
"""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from bot.store.base import Unit
from bot.store.sqlite_errors import translate

T = TypeVar("T")

READERS = 4
PAGE_CACHE_KIB = 4_096
LOCK_WAIT_SECONDS = 5.0
CACHED_STATEMENTS = 512
_OPTIONS: Mapping[str, Any] = MappingProxyType({
    "timeout": LOCK_WAIT_SECONDS, "isolation_level": None, "check_same_thread": False,
    "cached_statements": CACHED_STATEMENTS,
})


@dataclass(slots=True, eq=False)
class _Desk:
    """A raw connection that only reads, and the synchronous connection units get."""

    raw: sqlite3.Connection
    engine: Engine
    conn: Connection


@dataclass(slots=True, eq=False)
class _Reader:
    connection: aiosqlite.Connection
    desk: _Desk
    waiting: int = 0


class Readers:
    """Up to `READERS` connections, opened when first needed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._readers: list[_Reader] = []
        self._opening = 0
        self._here: _Desk | None = None

    async def run(self, unit: Unit[T]) -> T:
        """Run a unit on the least busy reader; it sees one state of the database and cannot change it."""
        try:
            reader = self._least_busy() or await self._open()
            reader.waiting += 1
            try:
                result: T = await _on_its_thread(reader.connection, partial(_run, reader.desk, unit))
            finally:
                reader.waiting -= 1
        except (DBAPIError, sqlite3.Error) as error:
            raise translate(error, self._path) from error
        return result

    def run_here(self, unit: Unit[T]) -> T:
        """Run a brief unit on the caller's thread, which must be the event loop's; it never waits for a lock."""
        try:
            if self._here is None:
                self._here = _desk(sqlite3.connect(self._path, **{**_OPTIONS, "timeout": 0}))
            return _run(self._here, unit)
        except (DBAPIError, sqlite3.Error) as error:
            raise translate(error, self._path) from error

    async def close(self) -> None:
        """Finish what was accepted and release every connection."""
        if self._here is not None:
            _release(self._here)
            self._here.raw.close()
            self._here = None
        while self._readers:
            reader = self._readers.pop()
            try:
                await _on_its_thread(reader.connection, partial(_release, reader.desk))
            finally:
                await reader.connection.close()

    def _least_busy(self) -> _Reader | None:
        """The reader with the shortest queue; None when all are busy and one more may be opened."""
        best = min(self._readers, key=_load, default=None)
        room = len(self._readers) + self._opening < READERS
        return None if best is None or (best.waiting and room) else best

    async def _open(self) -> _Reader:
        self._opening += 1
        try:
            connection = await _daemon(aiosqlite.connect(self._path, **_OPTIONS))
            try:
                reader = _Reader(connection, await _on_its_thread(connection, partial(_wrap, connection)))
            except BaseException:  # a caller that fails or is cancelled must not leave the process a thread
                await connection.close()
                raise
        finally:
            self._opening -= 1
        self._readers.append(reader)
        return reader


def _load(reader: _Reader) -> int:
    return reader.waiting


def _daemon(connection: aiosqlite.Connection) -> aiosqlite.Connection:
    """Let the process end though nobody closed the store: a reader has nothing to lose."""
    thread: Any = connection._thread
    thread.daemon = True
    return connection


async def _on_its_thread(connection: aiosqlite.Connection, function: Callable[[], T]) -> T:
    """Run a function where the connection lives. aiosqlite has no public name for it; this is the only place."""
    execute: Any = connection._execute
    result: T = await execute(function)
    return result


# ---- on a connection's own thread from here on ----


def _wrap(connection: aiosqlite.Connection) -> _Desk:
    raw: sqlite3.Connection = connection._conn
    return _desk(raw)


def _desk(raw: sqlite3.Connection) -> _Desk:
    raw.execute("PRAGMA query_only=ON")
    raw.execute("PRAGMA temp_store=MEMORY")
    raw.execute(f"PRAGMA cache_size=-{PAGE_CACHE_KIB}")
    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
    return _Desk(raw, engine, engine.connect())


def _run(desk: _Desk, unit: Unit[T]) -> T:
    desk.raw.execute("BEGIN")
    try:
        return unit(desk.conn)
    finally:
        _end(desk)


def _end(desk: _Desk) -> None:
    conn: Any = desk.conn
    if conn.in_transaction():  # the unit used Core, which counts transactions by itself
        conn.rollback()
    desk.raw.rollback()


def _release(desk: _Desk) -> None:
    desk.conn.close()
    desk.engine.dispose()

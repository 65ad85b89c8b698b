"""Statements of the hot path: declared in Core, compiled once, run without Core's cost for each call.

On SQLite a Core execution costs some 50 microseconds around a statement that itself takes 5; a prepared one hands the
compiled text straight to the driver. On PostgreSQL, where the network dominates, it runs as any Core statement.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Executable, Table, type_coerce
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.driver import DriverText

MakeInsert = Callable[[Table], Any]
Build = Callable[[MakeInsert], Any]


def micros(column: ColumnElement[Any]) -> ColumnElement[int]:
    """An `Instant` column read as plain microseconds, the same on both databases."""
    return type_coerce(column, BigInteger)


class Prepared:
    """One statement for both databases.

    `build` gets the dialect's `insert` and returns the statement; every value is a `bindparam`. Parameters may be aware
    instants, numbers, texts, None. Results are plain tuples, so read instants through `micros`. Constraint violations
    come as the driver's own error on SQLite.
    """

    def __init__(self, build: Build) -> None:
        self._build = build
        self._text: DriverText | None = None
        self._core: Executable | None = None

    def all(self, conn: Connection, parameters: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Every row of the answer."""
        if conn.dialect.name == "sqlite":
            found: list[tuple[Any, ...]] = (self._text or self._for_driver()).execute(conn, parameters).fetchall()
            return found
        return conn.execute(self._for_core(), dict(parameters)).all()

    def first(self, conn: Connection, parameters: Mapping[str, Any]) -> Sequence[Any] | None:
        """The first row of the answer, None without one."""
        if conn.dialect.name == "sqlite":
            # To the end: an unfinished statement would hold its locks.
            rows: list[tuple[Any, ...]] = (self._text or self._for_driver()).execute(conn, parameters).fetchall()
            return rows[0] if rows else None
        return conn.execute(self._for_core(), dict(parameters)).first()

    def many(self, conn: Connection, parameters: Sequence[Mapping[str, Any]]) -> None:
        """Run a change that returns nothing once for each set of parameters."""
        if not parameters:
            return
        if conn.dialect.name == "sqlite":
            (self._text or self._for_driver()).executemany(conn, parameters)
        else:
            conn.execute(self._for_core(), [dict(values) for values in parameters])

    def run(self, conn: Connection, parameters: Mapping[str, Any]) -> int:
        """Run a change that returns nothing; the number of rows it touched."""
        if conn.dialect.name == "sqlite":
            return int((self._text or self._for_driver()).execute(conn, parameters).rowcount)
        return conn.execute(self._for_core(), dict(parameters)).rowcount

    def _for_driver(self) -> DriverText:
        self._text = DriverText(self._build(sqlite.insert))
        return self._text

    def _for_core(self) -> Executable:
        if self._core is None:
            made: Executable = self._build(postgresql.insert)
            self._core = made
        return self._core

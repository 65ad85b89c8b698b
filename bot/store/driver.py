"""Statements handed to SQLite's driver as they are: the text, and the values in the order it asks for them."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite

from bot.store.schema import to_micros

_POSITIONAL = sqlite.dialect(paramstyle="qmark")

sqlite3.register_adapter(datetime, to_micros)
"""Values may be instants: the driver asks for their numbers where it binds them."""


class DriverText:
    """One statement, compiled once.

    Values go by their place: the driver would look each of them up by a name it has to make first, which for a wide row
    costs as much as storing it.
    """

    __slots__ = ("_fixed", "_pick", "text")

    def __init__(self, statement: Any) -> None:
        compiled = statement.compile(dialect=_POSITIONAL)
        required = {bind.key for bind in compiled.binds.values() if bind.required}
        self.text = str(compiled)
        self._fixed = {name: value for name, value in compiled.params.items() if name not in required}
        self._pick = _picker(tuple(compiled.positiontup or ()))

    def execute(self, conn: Connection, parameters: Mapping[str, Any]) -> Any:
        """The driver's cursor. Raises `KeyError` for a parameter that is missing."""
        values = self._pick({**self._fixed, **parameters} if self._fixed else parameters)
        # The driver's own connection: without SQLAlchemy's cursor around the driver's.
        driver: Any = conn.connection.dbapi_connection
        return driver.execute(self.text, values)

    def executemany(self, conn: Connection, parameters: Iterable[Mapping[str, Any]]) -> None:
        """The same for many sets of parameters."""
        driver: Any = conn.connection.dbapi_connection
        driver.executemany(self.text, [self._pick({**self._fixed, **values}) for values in parameters])


def _picker(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple(values[name] for name in names)

"""Statements over lists of values, and changes of many rows: compiled once, one call into the driver each.

A list goes to SQLite as JSON and to PostgreSQL as an array, so that its length never changes the statement's text.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Executable,
    FromClause,
    Select,
    String,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from bot.store.driver import DriverText
from bot.store.prepared import MakeInsert

TEXTS: TypeEngine[Any] = String()
NUMBERS: TypeEngine[Any] = BigInteger()
_POSITIONAL = sqlite.dialect(paramstyle="qmark")

Rows = Sequence[Sequence[Any]]


class ListQuery:
    """A question about a list of texts or numbers; `build` gets the list as a table with one column, `value`."""

    def __init__(self, of: TypeEngine[Any], build: Callable[[FromClause], Select[Any]]) -> None:
        self._of = of
        self._build = build
        self._many: DriverText | None = None
        self._one: DriverText | None = None
        self._core: Select[Any] | None = None

    def all(self, conn: Connection, values: Sequence[Any], parameters: Mapping[str, Any] | None = None) -> Rows:
        """Every row of the answer, as plain tuples."""
        if not values:
            return ()
        if conn.dialect.name != "sqlite":
            return conn.execute(self._for_core(), {"wanted": list(values), **(parameters or {})}).all()
        # Most questions are about one: a list of one costs no list.
        statement, wanted = (self._for_one(), values[0]) if len(values) == 1 else (self._for_many(), _as_json(values))
        found: Rows = statement.execute(conn, {"wanted": wanted, **(parameters or {})}).fetchall()
        return found

    def _for_one(self) -> DriverText:
        if self._one is None:
            self._one = DriverText(self._build(select(bindparam("wanted").label("value")).subquery("wanted_values")))
        return self._one

    def _for_many(self) -> DriverText:
        if self._many is None:
            listed = func.json_each(bindparam("wanted")).table_valued("value", name="wanted_values")
            self._many = DriverText(self._build(listed))
        return self._many

    def _for_core(self) -> Select[Any]:
        if self._core is None:
            array = bindparam("wanted", type_=ARRAY(self._of))
            self._core = self._build(func.unnest(array).table_valued("value", name="wanted_values").render_derived())
        return self._core


def _as_json(values: Sequence[Any]) -> str:
    """A JSON array; of keys, which are many and small, made without the encoder."""
    return f"[{','.join(map(str, values))}]" if type(values[0]) is int else json.dumps(values)


class PairQuery:
    """The same for pairs of numbers, a table with the columns `first` and `second`."""

    def __init__(self, build: Callable[[Any, Any, FromClause], Select[Any]]) -> None:
        self._build = build
        self._text: DriverText | None = None
        self._core: Select[Any] | None = None

    def all(self, conn: Connection, pairs: Sequence[tuple[int, int]]) -> Rows:
        """Every row of the answer."""
        if not pairs:
            return ()
        if conn.dialect.name == "sqlite":
            found: Rows = self._for_driver().execute(conn, {"wanted": json.dumps(pairs)}).fetchall()
            return found
        firsts, seconds = zip(*pairs, strict=True)
        return conn.execute(self._for_core(), {"firsts": list(firsts), "seconds": list(seconds)}).all()

    def _for_driver(self) -> DriverText:
        if self._text is None:
            wanted = func.json_each(bindparam("wanted")).table_valued("value", name="wanted_pairs")
            first, second = (func.json_extract(wanted.c.value, literal_column(path)) for path in ("'$[0]'", "'$[1]'"))
            self._text = DriverText(self._build(first, second, wanted))
        return self._text

    def _for_core(self) -> Select[Any]:
        if self._core is None:
            arrays = (bindparam(name, type_=ARRAY(NUMBERS)) for name in ("firsts", "seconds"))
            wanted = func.unnest(*arrays).table_valued("first", "second", name="wanted_pairs").render_derived()
            self._core = self._build(wanted.c.first, wanted.c.second, wanted)
        return self._core


class Bulk:
    """One change for each of many rows; `names` are its bind parameters in the order of the rows' values."""

    def __init__(self, names: Sequence[str], build: Callable[[MakeInsert], Executable]) -> None:
        self._names = tuple(names)
        self._build: Callable[[MakeInsert], Any] = build
        self._text = ""
        self._order: tuple[int, ...] = ()
        self._fixed: tuple[Any, ...] = ()
        self._core: Executable | None = None

    def run(self, conn: Connection, rows: Sequence[Sequence[Any]]) -> int:
        """Apply to every row; how many rows were changed (on PostgreSQL unknown: -1)."""
        if not rows:
            return 0
        if conn.dialect.name == "sqlite":
            text = self._text or self._compiled()
            return int(conn.connection.cursor().executemany(text, self._in_order(rows)).rowcount)
        if self._core is None:
            made: Executable = self._build(postgresql.insert)
            self._core = made
        conn.execute(self._core, [dict(zip(self._names, row, strict=True)) for row in rows])
        return -1

    def _compiled(self) -> str:
        compiled = self._build(sqlite.insert).compile(dialect=_POSITIONAL)
        positions = {name: at for at, name in enumerate(self._names)}
        self._fixed = tuple(compiled.params[name] for name in compiled.positiontup or () if name not in positions)
        places = iter(range(len(self._names), len(self._names) + len(self._fixed)))
        self._order = tuple(
            positions[name] if name in positions else next(places) for name in compiled.positiontup or ()
        )
        self._text = str(compiled)
        return self._text

    def _in_order(self, rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
        """The rows as the compiled text takes them: the table's order, constants of the statement in between."""
        if self._order == tuple(range(len(self._names))):
            return rows
        pick, fixed = itemgetter(*self._order), self._fixed
        return [pick((*row, *fixed)) for row in rows]

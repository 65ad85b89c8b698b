"""Implements `bot.contracts.AdapterState` over the store."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, delete, or_, select

from bot.adapter_state.tables import adapter_state
from bot.clock import Clock
from bot.contracts import NotStored
from bot.store import Store, StoreError
from bot.store.prepared import MakeInsert, Prepared

T = TypeVar("T")

_HERE = (adapter_state.c.adapter == bindparam("adapter_"), adapter_state.c.key == bindparam("key_"))
_ALIVE = or_(adapter_state.c.until.is_(None), adapter_state.c.until > bindparam("at"))
_GET = Prepared(lambda _: select(adapter_state.c.value).where(*_HERE, _ALIVE))
_DROP = Prepared(lambda _: delete(adapter_state).where(*_HERE))
_FORGET = Prepared(lambda _: delete(adapter_state).where(adapter_state.c.until <= bindparam("at")))
_ENDED = Prepared(lambda _: delete(adapter_state).where(*_HERE, adapter_state.c.until <= bindparam("at")))


def _put(make: MakeInsert) -> Any:
    statement = _row(make)
    changes = {name: statement.excluded[name] for name in ("value", "number", "until")}
    return statement.on_conflict_do_update(index_elements=["adapter", "key"], set_=changes)


def _add(make: MakeInsert) -> Any:
    statement = _row(make)
    added = {"number": adapter_state.c.number + statement.excluded.number, "until": statement.excluded.until}
    return statement.on_conflict_do_update(
        index_elements=["adapter", "key"], set_=added
    ).returning(adapter_state.c.number)


def _row(make: MakeInsert) -> Any:
    names = {"adapter": "adapter_", "key": "key_", "value": "value_", "number": "number_", "until": "until_"}
    return make(adapter_state).values({column: bindparam(name) for column, name in names.items()})


_PUT = Prepared(_put)
_ADD = Prepared(_add)


class StoredState:
    """What one adapter instance keeps."""

    def __init__(self, store: Store, clock: Clock, adapter: str) -> None:
        self._store = store
        self._clock = clock
        self._adapter = adapter

    async def get(self, key: str) -> str | None:
        """See `AdapterState`."""
        at = self._clock.now()
        row = await _told(self._store.read(lambda conn: _GET.first(conn, self._here(key) | {"at": at})))
        return None if row is None else str(row[0])

    async def put(self, key: str, value: str, *, until: datetime | None = None) -> None:
        """See `AdapterState`."""
        values = self._here(key) | {"value_": value, "number_": 0, "until_": until}
        await _told(self._store.write(lambda conn: _PUT.run(conn, values)))

    async def drop(self, key: str) -> None:
        """See `AdapterState`."""
        await _told(self._store.write(lambda conn: _DROP.run(conn, self._here(key))))

    async def count(self, key: str, by: int = 1, *, until: datetime | None = None) -> int:
        """See `AdapterState`."""
        at = self._clock.now()

        def unit(conn: Connection) -> int:
            _ENDED.run(conn, self._here(key) | {"at": at})
            row = _ADD.first(conn, self._here(key) | {"value_": "", "number_": by, "until_": until})
            if row is None:
                raise LookupError(f"counter {key!r} of {self._adapter} gave no sum")
            return int(row[0])

        return await _told(self._store.write(unit))

    def _here(self, key: str) -> dict[str, Any]:
        return {"adapter_": self._adapter, "key_": key}


def forget_expired(conn: Connection, now: datetime) -> int:
    """Clear away what has ended; how many that were."""
    return _FORGET.run(conn, {"at": now})


async def _told(doing: Awaitable[T]) -> T:
    """The border knows one error of the store."""
    try:
        return await doing
    except StoreError as error:
        raise NotStored(str(error)) from error

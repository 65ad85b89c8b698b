"""PostgreSQL behind `Store`: asyncpg through SQLAlchemy, one transaction a unit, NOTIFY between replicas."""

import asyncio
import contextlib
import logging
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.store.base import DEFAULT_PATIENCE_SECONDS, Subscriptions, Unit, UnitInParts, take_topics, whole
from bot.store.errors import StoreBusy, StoreError, StoreFull, StoreReadOnly, StoreUnavailable

T = TypeVar("T")
logger = logging.getLogger(__name__)

CHANNEL = "parcelbridge"
POOL_SIZE = 10
TRIES = 4
"""Runs of a unit whose transaction lost against another one (serialisation failure, deadlock)."""
_LOST_TO_ANOTHER = frozenset({"40001", "40P01"})
_FAULTS = (DBAPIError, PoolTimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
"""Of the driver, in SQLAlchemy's wrapping or, while connecting, without it; OSError covers time-outs."""


class PostgresStore:
    """A store on a PostgreSQL server, shared by any number of replicas."""

    dialect = "postgresql"

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine = create_async_engine(url, pool_size=POOL_SIZE, max_overflow=POOL_SIZE, pool_pre_ping=True)
        self._subscriptions = Subscriptions()
        self._listener: asyncpg.Connection[Any] | None = None
        self._listen_lock = asyncio.Lock()

    def subscribe(self, topic: str) -> asyncio.Event:
        """See `Store.subscribe`."""
        return self._subscriptions.subscribe(topic)

    async def read(self, unit: Unit[T], *, brief: bool = False) -> T:  # noqa: ARG002
        """See `Store.read`."""
        try:
            async with self._engine.connect() as conn:
                return await conn.run_sync(unit)
        except _FAULTS as error:
            raise translate(error) from error

    async def write(
        self, unit: Unit[T], *, patience: float = DEFAULT_PATIENCE_SECONDS, brief: bool = False  # noqa: ARG002
    ) -> T:
        """See `Store.write`."""
        await self._listen()
        for attempt in range(1, TRIES + 1):
            try:
                async with asyncio.timeout(None if attempt > 1 else patience + 25):
                    return await self._write_once(unit, patience)
            except _FAULTS as error:
                if sqlstate(error) in _LOST_TO_ANOTHER and attempt < TRIES:
                    continue
                raise translate(error) from error
        raise StoreBusy("the database: other transactions kept winning; try again")

    async def write_in_parts(self, unit: UnitInParts[T], *, patience: float = DEFAULT_PATIENCE_SECONDS) -> T:
        """See `Store.write_in_parts`; here every caller has a transaction of its own."""
        return await self.write(whole(unit), patience=patience)

    async def _write_once(self, unit: Unit[T], patience: float) -> T:
        async with self._engine.begin() as conn:
            await conn.execute(text(f"SET LOCAL lock_timeout = {int(patience * 1000)}"))
            result, topics = await conn.run_sync(_with_topics, unit)
            for topic in topics:
                await conn.execute(text("SELECT pg_notify(:channel, :topic)"), {"channel": CHANNEL, "topic": topic})
        self._subscriptions.wake(topics)
        return result

    async def close(self) -> None:
        """See `Store.close`."""
        if self._listener is not None:
            with contextlib.suppress(OSError, asyncpg.PostgresError):
                await self._listener.close()
        await self._engine.dispose()

    async def _listen(self) -> None:
        """Keep one connection that hears what other replicas announce; polling covers the time without it."""
        if self._listener is not None and not self._listener.is_closed():
            return
        async with self._listen_lock:
            if self._listener is not None and not self._listener.is_closed():
                return
            try:
                plain = self._url.replace("postgresql+asyncpg://", "postgresql://", 1)
                self._listener = await asyncpg.connect(plain)
                await self._listener.add_listener(CHANNEL, self._heard)
            except (OSError, asyncpg.PostgresError) as error:
                logger.warning("no notifications from the database: %s", type(error).__name__)

    def _heard(self, connection: object, pid: int, channel: str, topic: object) -> None:  # noqa: ARG002
        self._subscriptions.wake({str(topic)})


def _with_topics(conn: Connection, unit: Unit[T]) -> tuple[T, set[str]]:
    take_topics(conn)
    result = unit(conn)
    return result, take_topics(conn)


def sqlstate(error: BaseException) -> str:
    """The SQLSTATE of a driver's error, or an empty text."""
    origin = getattr(error, "orig", None) or error
    return str(getattr(origin, "sqlstate", "") or getattr(getattr(origin, "__cause__", None), "sqlstate", "") or "")


def translate(error: BaseException) -> BaseException:
    """The store's own error for a driver's error; anything else is returned as it is."""
    state = sqlstate(error)
    if state == "55P03":
        return StoreBusy("the database: another transaction holds the lock; try again")
    if state.startswith("53"):
        return StoreFull(f"the database has run out of resources (SQLSTATE {state}); ask its administrator")
    if state == "25006":
        return StoreReadOnly("the database only accepts reads; connect to the primary server")
    if isinstance(error, PoolTimeoutError):
        return StoreBusy("the database: every connection is in use for too long; try again")
    if state.startswith(("57P", "08")) or isinstance(error, OSError | asyncpg.InterfaceError):
        return StoreUnavailable("the database cannot be reached; check [store] url and that the server runs")
    if state.startswith("28") or state == "3D000":
        return StoreError(f"the database refused the connection (SQLSTATE {state}); check [store] url")
    return error

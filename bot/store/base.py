"""The one way to the database: units of work, each a plain function of a connection."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Generator
from typing import Protocol, TypeVar
from weakref import WeakSet

from sqlalchemy import Connection

T = TypeVar("T")
Unit = Callable[[Connection], T]
UnitInParts = Callable[[Connection], Generator[None, None, T]]
"""A unit that yields between its parts and returns its result."""

DEFAULT_PATIENCE_SECONDS = 5.0
"""How long a write waits for another process's lock."""
INBOUND_PATIENCE_SECONDS = 1.5
"""The same where a platform waits for its acknowledgement, which is due in 2 to 3 s."""

_TOPICS = "parcelbridge.topics"


class Store(Protocol):
    """A database, SQLite or PostgreSQL, behind two verbs."""

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""

    async def read(self, unit: Unit[T], *, brief: bool = False) -> T:
        """Run a unit that only reads; it sees what was committed before the call.

        `brief` says that it takes about a millisecond at the most (a few rows found by their keys): where handing it to
        another thread would cost more than the unit itself, it runs on the event loop's.
        """

    async def write(
        self, unit: Unit[T], *, patience: float = DEFAULT_PATIENCE_SECONDS, brief: bool = False
    ) -> T:
        """Run a unit in a transaction and return after its commit.

        Units of several callers may share one commit. A unit may be run more than once, so it must have no effect
        but on its connection. `patience` is how many seconds to wait for the write lock; then `StoreBusy`. `brief` as
        for `read`; the commit never keeps the event loop waiting.
        """

    async def write_in_parts(self, unit: UnitInParts[T], *, patience: float = DEFAULT_PATIENCE_SECONDS) -> T:
        """Run a brief unit in a transaction, as `write` does, part by part.

        Where callers share a commit, one part of all their units is run before the next part of any: code and data of
        a part are then still in the processor's caches. So other units' parts may run, in the same transaction,
        between two of its own.
        """

    def subscribe(self, topic: str) -> asyncio.Event:
        """An event set after every commit that announced the topic. The waiter clears it."""

    async def close(self) -> None:
        """Finish what was accepted and release every connection."""


def announce(conn: Connection, topic: str) -> None:
    """Inside a unit: wake the subscribers of `topic` once this transaction has been committed."""
    conn.info.setdefault(_TOPICS, set()).add(topic)


def take_topics(conn: Connection) -> set[str]:
    """The topics announced on a connection since the last call; for stores."""
    topics: set[str] = conn.info.pop(_TOPICS, set())
    return topics


def whole(unit: UnitInParts[T]) -> Unit[T]:
    """The same unit without its pauses."""

    def run(conn: Connection) -> T:
        parts = unit(conn)
        while True:
            try:
                next(parts)
            except StopIteration as end:
                result: T = end.value
                return result

    return run


class Subscriptions:
    """Who waits for which topic, within one process."""

    def __init__(self) -> None:
        self._events: defaultdict[str, WeakSet[asyncio.Event]] = defaultdict(WeakSet)

    def subscribe(self, topic: str) -> asyncio.Event:
        """A new event for a topic; it is forgotten when its owner forgets it."""
        event = asyncio.Event()
        self._events[topic].add(event)
        return event

    def wake(self, topics: set[str]) -> None:
        """Set the events of these topics. Must run on the event loop."""
        for topic in topics:
            for event in self._events.get(topic, ()):
                event.set()

"""The one way to the database: units of work, each a plain function of a connection."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Protocol, TypeVar
from weakref import WeakSet

from sqlalchemy import Connection

T = TypeVar("T")
Unit = Callable[[Connection], T]

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

    async def read(self, unit: Unit[T]) -> T:
        """Run a unit that only reads; it sees what was committed before the call."""

    async def write(self, unit: Unit[T], *, patience: float = DEFAULT_PATIENCE_SECONDS) -> T:
        """Run a unit in a transaction and return after its commit.

        Units of several callers may share one commit. A unit may be run more than once, so it must have no effect
        but on its connection. `patience` is how many seconds to wait for the write lock; then `StoreBusy`.
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

"""What adapters get of the core while they run."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

from bot.clock import Clock
from bot.contracts import AdapterState, FetchedFile, InboundMessage, Receipt

CONNECTIONS = 100
"""Open at once to all platforms together."""
TIMEOUT = ClientTimeout(total=10.0, connect=3.0)
"""Seconds, unless an adapter sets its own."""


class Undelivered(Protocol):
    """What is done when a message came back."""

    async def __call__(
        self, adapter: str, message_id: str, *, created_at: datetime, reason: str, permanent: bool
    ) -> None:
        """See `AdapterHost.undelivered`."""


class Host:
    """Implements `bot.contracts.AdapterHost`."""

    def __init__(
        self, clock: Clock, *, public_url: str, receive: Callable[[InboundMessage], Awaitable[Receipt]],
        state: Callable[[str], AdapterState], undelivered: Undelivered | None = None,
        files: Callable[[str], Awaitable[FetchedFile | None]] | None = None,
    ) -> None:  # fmt: skip
        self._clock = clock
        self._public_url = public_url.rstrip("/")
        self._receive = receive
        self._state = state
        self._undelivered = undelivered
        self._files = files
        # No proxy from the environment: what is contacted follows from the settings alone.
        self._session = ClientSession(
            connector=TCPConnector(limit=CONNECTIONS), timeout=TIMEOUT, cookie_jar=DummyCookieJar(), trust_env=False
        )

    @property
    def session(self) -> ClientSession:
        """See `AdapterHost`."""
        return self._session

    @property
    def public_url(self) -> str:
        """See `AdapterHost`."""
        return self._public_url

    def now(self) -> datetime:
        """See `AdapterHost`."""
        return self._clock.now()

    async def receive(self, message: InboundMessage) -> Receipt:
        """See `AdapterHost`."""
        return await self._receive(message)

    def state(self, adapter: str) -> AdapterState:
        """See `AdapterHost`."""
        return self._state(adapter)

    async def undelivered(
        self, adapter: str, message_id: str, *, created_at: datetime, reason: str, permanent: bool
    ) -> None:
        """See `AdapterHost`."""
        if self._undelivered is not None:
            await self._undelivered(adapter, message_id, created_at=created_at, reason=reason, permanent=permanent)

    async def file(self, reference: str) -> FetchedFile | None:
        """See `AdapterHost`."""
        return None if self._files is None else await self._files(reference)

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()

"""The core as an adapter's test needs it: a clock, a real client session, an inbox in memory."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from types import TracebackType
from typing import Self

from aiohttp import ClientSession

from bot.clock import Clock, SystemClock
from bot.contracts import AdapterState, FetchedFile, InboundMessage, NotStored, Receipt
from bot.testing.state import MemoryState

Told = Callable[[InboundMessage], Awaitable[None]]


class RecordingHost:
    """An `AdapterHost` that keeps what it is handed, each message once. `async with` opens its session."""

    def __init__(self, clock: Clock | None = None, *, public_url: str = "https://bridge.example") -> None:
        self._clock = clock or SystemClock()
        self._public_url = public_url
        self._session: ClientSession | None = None
        self._keys: dict[tuple[str, str], int] = {}
        self._states: dict[str, MemoryState] = {}
        self.received: list[InboundMessage] = []
        self.files: dict[str, FetchedFile] = {}
        """By reference: what cards may name."""
        self.undelivered_ids: list[tuple[str, str, bool]] = []
        """Messages that came back: id, reason, whether for good."""
        self.full = False
        """True: nothing can be stored."""
        self.away = False
        """True: no file can be made now."""
        self.on_message: Told | None = None
        """Called after a new message was stored, before the adapter hears of it."""

    @property
    def clock(self) -> Clock:
        """What `now` goes by."""
        return self._clock

    @property
    def session(self) -> ClientSession:
        """A real client session."""
        if self._session is None:
            raise RuntimeError("use the host in `async with`")
        return self._session

    @property
    def public_url(self) -> str:
        """Where platforms reach us."""
        return self._public_url

    def now(self) -> datetime:
        """The clock's instant."""
        return self._clock.now()

    async def receive(self, message: InboundMessage) -> Receipt:
        """Keep the message, as the inbox does: by adapter and message id, once."""
        if self.full:
            raise NotStored("the store is full")
        key = (message.conversation.adapter, message.message_id)
        if key in self._keys:
            return Receipt(self._keys[key], duplicate=True)
        self._keys[key] = len(self._keys) + 1
        self.received.append(message)
        if self.on_message is not None:
            await self.on_message(message)
        return Receipt(self._keys[key])

    def state(self, adapter: str) -> AdapterState:
        """Kept in memory for as long as the host lives."""
        return self._states.setdefault(adapter, MemoryState(self.now))

    async def undelivered(
        self, adapter: str, message_id: str, *, created_at: datetime, reason: str, permanent: bool  # noqa: ARG002
    ) -> None:
        """Remember it."""
        self.undelivered_ids.append((message_id, reason, permanent))

    async def file(self, reference: str) -> FetchedFile | None:
        """One of `files`."""
        if self.away:
            raise NotStored("the store is away")
        return self.files.get(reference)

    async def __aenter__(self) -> Self:
        self._session = ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

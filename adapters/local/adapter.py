"""The local adapter: asks on behalf of people, remembers what was said, hands our messages to whoever looks on."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from adapters.local.config import LocalConfig
from adapters.local.files import FileMemory, check_files, fetched, offers_of, received
from adapters.local.receive import check_contact, check_text, compose
from adapters.local.render import MAX_BYTES, fitted
from adapters.local.ring import Rings
from bot.contracts import (
    AdapterHost,
    Attachment,
    Buttons,
    Capabilities,
    ChatEntry,
    ChatFile,
    DeliveryOutcome,
    Exchange,
    FetchedFile,
    Health,
    InboundMessage,
    NotStored,
    OfferedFile,
    OutboundMessage,
    Receipt,
    Refused,
    Retry,
    Sent,
    WebhookRequest,
    WebhookResponse,
)

CAPABILITIES = Capabilities(
    max_bytes=MAX_BYTES, buttons=Buttons.CALLBACK, files=True, edits_in_place=True, idempotent_send=True,
    direct_by_address=True,
)
NOT_STARTED = "the adapter is not started"


@dataclass(slots=True)
class _Waiting:
    """Somebody asked and waits for the answer."""

    message: InboundMessage
    replies: list[OutboundMessage] = field(default_factory=list)
    files: list[OfferedFile] = field(default_factory=list)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    silent: bool = False
    """There will be no answer."""


class LocalAdapter:
    """One configured instance; a `ChatAdapter` too."""

    def __init__(self, config: LocalConfig) -> None:
        self._config = config
        self._host: AdapterHost | None = None
        self._rings = Rings()
        self._waiting: dict[str, _Waiting] = {}
        self._sent = 0
        self._handing_over = 0
        self._idle = asyncio.Event()
        self._received = FileMemory()
        self._offered = FileMemory()

    @property
    def name(self) -> str:
        """Name of the instance."""
        return self._config.name

    @property
    def capabilities(self) -> Capabilities:
        """A page shows everything, files as links, and drops what it has seen."""
        return CAPABILITIES

    async def start(self, host: AdapterHost) -> None:
        """People may ask from now on."""
        self._host = host
        self._rings.open(host.now())

    async def stop(self) -> None:
        """Nobody may ask any more; those who wait are told that the answer comes later, those who follow are let go.

        What is being handed to the inbox is waited for.
        """
        self._host = None
        while self._handing_over:
            self._idle.clear()
            await self._idle.wait()
        self._rings.close()
        for waiting in self._waiting.values():
            waiting.answered.set()

    async def ask(self, contact: str, text: str, files: Sequence[ChatFile] = (), *, wait_seconds: float) -> Exchange:
        """Say something as a contact; returns when the reply to it was sent or the wait is over."""
        if self._host is None:
            raise RuntimeError(NOT_STARTED)
        host = self._host
        check_contact(contact)
        check_text(text, has_files=bool(files))
        check_files(files)
        attachments = [received(file, self._received) for file in files]
        message = compose(self.name, contact, text=text, attachments=attachments, now=host.now())
        waiting = self._waiting[message.message_id] = _Waiting(message)
        try:
            receipt = await self._hand_over(message, host)
            self._show_said(message)
            ended = await _within(waiting.answered, wait_seconds)
            complete = ended and (waiting.silent or bool(waiting.replies))
        finally:
            del self._waiting[message.message_id]
        return Exchange(
            receipt.inbox_id, message.message_id, tuple(waiting.replies), complete, files=tuple(waiting.files)
        )

    def settle(self, message_id: str) -> None:
        """See `ChatAdapter`."""
        waiting = self._waiting.get(message_id)
        if waiting is not None:
            waiting.silent = True
            waiting.answered.set()

    def follow(self, contact: str, *, after: int = 0) -> AsyncIterator[ChatEntry]:
        """Lines of the conversation with a contact (or `group:<name>`) above `after`, recent ones first, then live."""
        return self._rings.follow(contact, after)

    def offered(self, key: str) -> FetchedFile | None:
        """See `ChatAdapter`."""
        return self._offered.get(key)

    async def fetch(self, attachment: Attachment, *, max_bytes: int) -> FetchedFile:
        """See `FetchesFiles`."""
        return fetched(attachment, self._received, max_bytes)

    def recent(self, contact: str) -> tuple[ChatEntry, ...]:
        """The lines of that conversation that are remembered."""
        return tuple(self._rings.get(contact).entries.values())

    async def send(self, message: OutboundMessage) -> DeliveryOutcome:
        """Show a message, or have one that was shown say something else; a copy is dropped."""
        host = self._host
        if host is None:
            return Retry(NOT_STARTED)
        message = fitted(message)
        if message.replaces is not None:
            return self._change(message, message.replaces)
        try:
            files = await offers_of(message.cards, self._offered, host)
        except NotStored as error:
            return Retry(f"its files cannot be had: {error}")
        waiting = self._waiting.get(message.in_reply_to or "")
        if waiting is not None:
            self._show_said(waiting.message)  # the answer may be quicker than the news that the question was stored
        ring = self._rings.get(message.conversation.external_id)
        if ring.add(at=host.now(), message_id=message.message_id, message=message, files=files):
            self._sent += 1
            if waiting is not None:
                waiting.replies.append(message)
                waiting.files += files
        if waiting is not None:
            waiting.answered.set()
        return Sent(message.message_id, editable=True)

    def _change(self, message: OutboundMessage, message_id: str) -> DeliveryOutcome:
        if self._rings.get(message.conversation.external_id).change(message_id, message):
            return Sent(message_id, editable=True)
        return Refused("the message to change is not remembered any more", "gone")

    async def handle_webhook(self, request: WebhookRequest) -> WebhookResponse:  # noqa: ARG002 - nobody calls back
        """There is no platform that could call."""
        return WebhookResponse(404)

    def health(self) -> Health:
        """Up while it is started."""
        figures = {
            "sent": float(self._sent),
            "conversations": float(len(self._rings)),
            "followers": float(self._rings.followers),
            "waiting": float(len(self._waiting)),
        }
        if self._host is None:
            return Health(False, "stopped", NOT_STARTED, figures)
        return Health(True, figures=figures)

    async def check(self, host: AdapterHost) -> Health:  # noqa: ARG002 - nothing outside to try
        """Nothing outside this process can be wrong."""
        return Health(True, "up", "needs nothing from outside")

    async def _hand_over(self, message: InboundMessage, host: AdapterHost) -> Receipt:
        self._handing_over += 1
        try:
            return await host.receive(message)
        finally:
            self._handing_over -= 1
            self._idle.set()

    def _show_said(self, message: InboundMessage) -> None:
        ring = self._rings.get(message.conversation.external_id)
        text = "\n".join(filter(None, (message.text, *(f"📎 {file.name}" for file in message.attachments))))
        ring.add(at=message.sent_at, message_id=message.message_id, said=text)


async def _within(event: asyncio.Event, seconds: float) -> bool:
    """Whether the event came in time."""
    if event.is_set():
        return True
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


class LocalType:
    """The adapter type `local`."""

    type_name = "local"
    config_model = LocalConfig
    summary = "web chat, POST /api/v1/chat and terminal of this service; needs no account"

    def create(self, config: LocalConfig) -> LocalAdapter:
        """An instance for a validated configuration."""
        return LocalAdapter(config)

    def missing(self, config: LocalConfig) -> list[str]:  # noqa: ARG002 - the protocol's shape
        """It needs nothing."""
        return []


ADAPTER = LocalType()

"""What an adapter offers besides when people talk to it through our own pages: ask and wait, or follow live."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from bot.contracts.files import FetchedFile
from bot.contracts.messages import OutboundMessage


@dataclass(frozen=True, slots=True)
class ChatFile:
    """A file a person sent along."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A file of an answer that can be had for a while."""

    reference: str
    """As in the card that names it."""
    name: str
    size: int
    """Bytes."""
    key: str = field(repr=False)
    """Unguessable: whoever has it may have the file."""


@dataclass(frozen=True, slots=True)
class ChatEntry:
    """One line of a conversation as a page shows it; `number` grows within the conversation.

    A line that was changed comes again under its `message_id` and its old time, with a new number.
    """

    number: int
    at: datetime
    message_id: str
    said: str | None = None
    """What the person wrote; None for our own messages."""
    message: OutboundMessage | None = None
    """What we sent; None for the person's."""
    files: tuple[OfferedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, stored, and what was answered to it within the time the asker waits."""

    inbox_id: int
    message_id: str
    replies: tuple[OutboundMessage, ...]
    complete: bool = True
    """False when the time was up before the answer went out: it follows later."""
    files: tuple[OfferedFile, ...] = ()
    """Of all replies."""


@runtime_checkable
class ChatAdapter(Protocol):
    """The local adapter: the web chat, `POST /api/v1/chat`, the terminal."""

    async def ask(self, contact: str, text: str, files: Sequence[ChatFile] = (), *, wait_seconds: float) -> Exchange:
        """Say something as the contact with that external id; returns when the reply was sent or the wait is over.

        Raises `NotStored` when the message could not be stored, `ValueError` for input no conversation can hold.
        """

    def settle(self, message_id: str) -> None:
        """The message was closed without an answer: whoever waits for one need not."""

    def follow(self, contact: str, *, after: int = 0) -> AsyncIterator[ChatEntry]:
        """Entries of the contact's conversation with a number above `after`, the recent ones first, then live."""

    def offered(self, key: str) -> FetchedFile | None:
        """A file of an answer, None when it is not kept any more."""

"""What the rooms hand to the outbox."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Literal

from pydantic import TypeAdapter

from bot.contracts import Card, Language, ReplyRoute

QueueName = Literal["reply", "push"]


class MessageClass(IntEnum):
    """What a message is, for the budgets: replies and confirmations have a share of their own."""

    REPLY = 0
    CONFIRMATION = 1
    ALERT = 2
    DIGEST = 3
    SURVEY = 4
    EDIT = 5
    """A message people have, changed in place: no news, never shown where it cannot be changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """One message to be sent, at least once and in the order of its conversation's queue."""

    conversation_id: int
    queue: QueueName
    """`reply` for direct answers, `push` for everything else; a reply never waits behind a push."""
    message_class: int
    """A `MessageClass`, 0 to 5."""
    dedup_key: str
    """The same key is stored once, for ever."""
    cards: tuple[Card, ...]
    language: Language | str = "en"
    reply_route: ReplyRoute | None = None
    """Used while it lives; after that the conversation's own ways are tried."""
    reply_to: str | None = None
    mentions: tuple[str, ...] = ()
    available_at: datetime | None = None
    """Not to be sent before; None: now."""
    asked_at: datetime | None = None
    """When the question was asked that this answers."""

    def __post_init__(self) -> None:
        if not self.cards:
            raise ValueError(f"message {self.dedup_key} has no card")


_CARDS: TypeAdapter[tuple[Card, ...]] = TypeAdapter(tuple[Card, ...])


def cards_to_json(cards: tuple[Card, ...]) -> str:
    """Cards as they are stored."""
    return _CARDS.dump_json(cards, exclude_defaults=True).decode()


def cards_from_json(stored: str) -> tuple[Card, ...]:
    """Cards as they were stored."""
    return _CARDS.validate_json(stored)

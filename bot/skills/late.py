"""An answer that goes out long after its question, because we could not be reached, says so."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.contracts import Card, OutboundMessage
from bot.wording import Words

LateNote = Callable[[OutboundMessage, datetime, str], OutboundMessage]


def late_note(clock: Clock) -> LateNote:
    """For the sender: puts in front of an answer how long ago its question was asked."""

    def add(message: OutboundMessage, asked_at: datetime, _: str) -> OutboundMessage:
        cards = tuple(_noted(card, asked_at, clock.now()) for card in message.cards)
        return message.model_copy(update={"cards": cards})

    return add


def _noted(card: Card, asked_at: datetime, now: datetime) -> Card:
    words = Words(card.language, ZoneInfo("UTC"), now)
    return card.model_copy(update={"text": (words.say("talk.late_answer", age=words.age(asked_at)), *card.text)})

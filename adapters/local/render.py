"""Cards for a page or a terminal: shown as they are, made smaller only when a page could not bear them."""

import json

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

from bot.contracts import Card, OutboundMessage, endings, fit

MAX_BYTES = 64 * 1024
"""Of the cards as JSON; a page shows a few hundred rows, not twelve thousand."""
_CARDS = TypeAdapter(tuple[Card, ...])


def fitted(message: OutboundMessage) -> OutboundMessage:
    """The message with the largest forms of its cards within the limit; the same object when all fits.

    When even the smallest forms are too large, the ends of their texts go.
    """
    if _size(message.cards) <= MAX_BYTES:
        return message
    cards = fit(message.cards, _size, MAX_BYTES)
    if _size(cards) > MAX_BYTES:
        cards = next((shorter for shorter in endings(cards) if _size(shorter) <= MAX_BYTES), cards)
    return message.model_copy(update={"cards": cards})


def _size(cards: tuple[Card, ...]) -> int:
    try:
        return len(_CARDS.dump_json(cards))
    except PydanticSerializationError:  # halves of surrogate pairs
        return len(json.dumps([card.model_dump() for card in cards], ensure_ascii=False))

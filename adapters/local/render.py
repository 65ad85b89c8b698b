"""Cards for a page or a terminal: shown as they are, made smaller only when a page could not bear them."""

import json

from bot.contracts import Card, OutboundMessage, endings, fit

MAX_BYTES = 64 * 1024
"""Of the cards as JSON; a page shows a few hundred rows, not twelve thousand."""


def fitted(message: OutboundMessage) -> OutboundMessage:
    """The message with the largest forms of its cards within the limit; the same object when all fits.

    When even the smallest forms are too large, the ends of their texts go.
    """
    cards = fit(message.cards, _size, MAX_BYTES)
    if _size(cards) > MAX_BYTES:
        cards = next((shorter for shorter in endings(cards) if _size(shorter) <= MAX_BYTES), cards)
    return message if cards == message.cards else message.model_copy(update={"cards": cards})


def _size(cards: tuple[Card, ...]) -> int:
    dumped = json.dumps([card.model_dump() for card in cards], ensure_ascii=False)
    return len(dumped.encode("utf-8", "replace"))

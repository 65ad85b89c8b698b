"""Cards for a page or a terminal: shown as they are, made smaller only when a page could not bear them."""

import json

from bot.contracts import Card, OutboundMessage, fit

MAX_BYTES = 64 * 1024
"""Of the cards as JSON; a page shows a few hundred rows, not twelve thousand."""


def fitted(message: OutboundMessage) -> OutboundMessage:
    """The message with the largest forms of its cards within the limit; the same object when all fits."""
    cards = fit(message.cards, _size, MAX_BYTES)
    return message if cards == message.cards else message.model_copy(update={"cards": cards})


def _size(cards: tuple[Card, ...]) -> int:
    dumped = json.dumps([card.model_dump() for card in cards], ensure_ascii=False)
    return len(dumped.encode("utf-8", "replace"))

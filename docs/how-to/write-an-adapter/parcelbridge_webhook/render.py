"""A message becomes the body of one POST, at most as many bytes as the chat takes."""

import json
from typing import Any

from bot.contracts import Card, OutboundMessage, as_text, endings, fit

RESENT = {"en": "(resent)", "zh-Hans": "（重发）", "zh-Hant": "（重發）"}


def render(message: OutboundMessage, limit: int) -> bytes:
    """The whole card where it fits; else ever smaller forms by rule, and at the very last shorter texts."""
    body = _encoded(message, message.cards)
    if len(body) <= limit:
        return body
    smaller = fit(message.cards, lambda cards: len(_encoded(message, cards)), limit)
    for cards in endings(smaller):
        body = _encoded(message, cards)
        if len(body) <= limit:
            break
    return body


def _encoded(message: OutboundMessage, cards: tuple[Card, ...]) -> bytes:
    text = "\n\n".join(as_text(card) for card in cards)
    if message.resent:
        text = f"{RESENT[cards[0].language]} {text}"
    content: dict[str, Any] = {"id": message.message_id, "room": message.conversation.external_id, "text": text}
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")

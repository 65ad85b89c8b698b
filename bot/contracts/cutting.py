"""The last resort when even the smallest form of a card is too long: its end goes, never the middle of a number."""

import re
from collections.abc import Iterator
from typing import Any

from bot.contracts.cards import Card

CUT = "…"
SHORT = 100
"""Characters; a text of that length is not cut any further."""
_WHOLE = re.compile(r".*[\s，。；、,;]", re.DOTALL)
_TAIL = re.compile(r"[A-Za-z0-9]+$")


def endings(cards: tuple[Card, ...]) -> Iterator[tuple[Card, ...]]:
    """The cards, then ever shorter ones: each time the largest part of the longest card loses its second half."""
    while True:
        yield cards
        longest = max(cards, key=lambda card: len(repr(card)))
        smaller = _less(longest)
        if smaller is None:
            return
        cards = tuple(smaller if card is longest else card for card in cards)


def cut(text: str, length: int) -> str:
    """At most `length` characters and an ellipsis, ended where a word ends; the same text when it is short enough."""
    if len(text) <= length:
        return text
    kept = text[:length].rstrip(CUT)
    whole = _WHOLE.match(kept)
    kept = whole[0] if whole else _TAIL.sub("", kept) or kept
    return kept.rstrip() + CUT


def _less(card: Card) -> Card | None:
    sizes = {part: len(str(getattr(card, part))) for part in ("text", "fields", "title", "footer")}
    for part in sorted(sizes, key=sizes.__getitem__, reverse=True):
        value = getattr(card, part)
        smaller = _half(value)
        if smaller != value:
            return card.model_copy(update={part: smaller})
    return None


def _half(value: Any) -> Any:
    """The first half of paragraphs or fields; of a single paragraph, a title or a footer the first half of its text."""
    if isinstance(value, str):
        return cut(value, max(SHORT, len(value) // 2))
    if len(value) == 1 and isinstance(value[0], str):
        return (_half(value[0]),)
    return value[: len(value) // 2]

"""An outbound message becomes the text and blocks of one Slack message, within the platform's limits."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.slack.blocks import MAX_BLOCKS, Block, divider
from adapters.slack.cards import card_blocks
from adapters.slack.ids import user_of
from adapters.slack.mrkdwn import escape, inline
from bot.contracts import Card, ConversationKind, OutboundMessage, as_text, cut, endings, fit

MAX_BLOCK_CHARACTERS = 12_000
"""Of all blocks of a message together: near 13,000 the platform refuses, although no page of it says so."""
BYTES_PER_CHARACTER = 3
MOST_OF_A_CARD, MOST_OF_A_PART, MOST_OF_A_CHARACTER = 1_500, 120, 9
"""Bytes, on the safe side: a character may become an escape of five, and stand in the notice too."""
MAX_ROWS = 500
"""Of a table or timeline; a message holds fewer."""
MAX_NOTICE = 1_000
MAX_PLAIN = 3_900
"""Characters of a message without blocks; the platform advises 4,000."""
MAX_MENTIONS = 50
RESENT = {"en": "(resent)", "zh-Hans": "（重发）", "zh-Hant": "（重發）"}
NOTHING = "…"
Content = dict[str, Any]


def render(message: OutboundMessage, limit: int, *, uploaded: bool = False) -> Content:
    """`text` for notifications and screen readers, and `blocks`: parts are left out by rule, at the very last text.

    `limit` is in UTF-8 bytes of both together. `uploaded`: the files come beside, so they are not named.
    """

    def made(cards: tuple[Card, ...]) -> Content:
        return _content(message, cards, uploaded=uploaded)

    sane = tuple(map(shortened, message.cards))
    content = made(sane)
    if at_most(sane) <= min(limit, MAX_BLOCK_CHARACTERS) or weight(content) <= limit:
        return content
    for cards in endings(fit(sane, lambda cards: weight(made(cards)), limit)):
        content = made(cards)
        if weight(content) <= limit:
            break
    return content


def render_plain(message: OutboundMessage) -> Content:
    """The words alone: for when the platform finds fault with the blocks."""
    said = escape(cut("\n\n".join(map(as_text, message.cards)), MAX_PLAIN))
    return {"text": "\n".join(filter(None, (_first(message), said))) or NOTHING}


def at_most(cards: tuple[Card, ...]) -> int:
    """More bytes than the cards can ever take: most messages are so small that nobody needs to measure them."""
    return sum(map(_at_most, cards))


def _at_most(card: Card) -> int:
    texts = [card.title, *card.text, card.timeline_more, card.footer, card.reference]
    texts += [part for field in card.fields for part in (field.label, field.value)]
    texts += [part for step in card.timeline for part in (step.when, step.what, step.where)]
    texts += [part for action in card.actions for part in (action.label, action.say, action.url)]
    texts += [file.name for file in card.files]
    if card.table is not None:
        texts += [*card.table.columns, card.table.more, *(cell for row in card.table.rows for cell in row)]
    return MOST_OF_A_CARD + sum(map(len, texts)) * MOST_OF_A_CHARACTER + len(texts) * MOST_OF_A_PART


def weight(content: Mapping[str, Any]) -> int:
    """Bytes, or what the characters and the number of the blocks count for where that limit is nearer."""
    encoded = json.dumps(content, ensure_ascii=False)
    blocks = content.get("blocks", ())
    too_many = len(blocks) > MAX_BLOCKS
    if too_many or (len(encoded) > MAX_BLOCK_CHARACTERS and _characters(blocks) > MAX_BLOCK_CHARACTERS):
        return max(len(encoded), MAX_BLOCK_CHARACTERS * BYTES_PER_CHARACTER) * 2
    return len(encoded.encode("utf-8", "replace"))


def _characters(blocks: Sequence[Block]) -> int:
    return len(json.dumps(blocks, ensure_ascii=False))


def shortened(card: Card) -> Card:
    """The card without rows and steps that no message could hold: thousands need not be put into words first."""
    changes: dict[str, object] = {}
    if card.table is not None and len(card.table.rows) > MAX_ROWS:
        hidden = card.table.hidden + len(card.table.rows) - MAX_ROWS
        changes["table"] = card.table.model_copy(update={"rows": card.table.rows[:MAX_ROWS], "hidden": hidden})
    if len(card.timeline) > MAX_ROWS:
        changes["timeline"] = card.timeline[:MAX_ROWS]
        changes["timeline_hidden"] = card.timeline_hidden + len(card.timeline) - MAX_ROWS
    return card.model_copy(update=changes) if changes else card


def _content(message: OutboundMessage, cards: tuple[Card, ...], *, uploaded: bool) -> Content:
    blocks: list[Block] = []
    for number, card in enumerate(cards):
        first = "" if number else _first(message)
        made = card_blocks(card, first=first, number=number, uploaded=uploaded)
        blocks += [divider(), *made] if blocks and made else made
    notice = _notice(cards)
    return {"text": notice, "blocks": blocks} if blocks else {"text": notice}


def _first(message: OutboundMessage) -> str:
    """Who is called, and that this may be a second copy."""
    marked = escape(RESENT[message.cards[0].language]) if message.resent else ""
    return " ".join([*(f"<@{user}>" for user in mentioned(message)), *filter(None, (marked,))])


def mentioned(message: OutboundMessage) -> list[str]:
    """User ids to mention; in a conversation of two there is nobody to call."""
    if message.conversation.kind is ConversationKind.DIRECT:
        return []
    return list(filter(None, dict.fromkeys(map(user_of, message.mention))))[:MAX_MENTIONS]


def _notice(cards: tuple[Card, ...]) -> str:
    """What the notification shows and a screen reader reads: the message without its lists."""
    parts = [part for card in cards for part in (card.title, *card.text, *(f.value for f in card.fields))]
    return inline(cut(" · ".join(filter(None, parts)), MAX_NOTICE)) or NOTHING

"""An outbound message becomes the body of one webhook request, within the platform's bytes."""

import re
from collections.abc import Callable
from functools import partial

from adapters.dingtalk.bodies import (
    MAX_TITLE_CHARACTERS,
    Body,
    encoded,
    link_body,
    markdown_body,
    text_body,
    with_mentions,
)
from adapters.dingtalk.cards import as_markdown, is_link, is_plain
from adapters.dingtalk.codec import staff_id
from adapters.dingtalk.markdown import PARAGRAPH, calm
from bot.contracts import Card, ConversationKind, OutboundMessage, cut, endings, fit

NO_WORDS = "…"
"""The platform takes no empty text."""
MAX_MENTIONS = 50
MAX_BUTTONS = 5
RESENT = {"en": "(resent)", "zh-Hans": "（重发）", "zh-Hant": "（重發）"}
_MENTIONABLE = re.compile(r"[\w.@-]{1,64}")
Finish = Callable[[Body], Body]


def render(message: OutboundMessage, limit: int, *, keyword: str | None = None, msg_uuid: str | None = None) -> bytes:
    """The encoded body, at most `limit` bytes: parts are left out by rule, at the very last text at its end."""
    finish = partial(_finished, keyword=keyword, msg_uuid=msg_uuid)
    body = _encoded(message, message.cards, finish)
    if len(body) <= limit:
        return body
    cards = fit(message.cards, lambda cards: len(_encoded(message, cards, finish)), limit)
    for smaller in endings(cards):
        body = _encoded(message, smaller, finish)
        if len(body) <= limit:
            break
    return body


def mentioned(message: OutboundMessage) -> list[str]:
    """Staff ids to mention: not in a conversation of two, not outsiders, nothing that could be markup."""
    if not message.mention or message.conversation.kind is ConversationKind.DIRECT:
        return []
    known = (staff_id(external_id) for external_id in message.mention)
    return [each for each in dict.fromkeys(known) if each and _MENTIONABLE.fullmatch(each)][:MAX_MENTIONS]


def _encoded(message: OutboundMessage, cards: tuple[Card, ...], finish: Finish) -> bytes:
    mentions = mentioned(message)
    if not mentions and not message.resent:
        return encoded(finish(_body(cards, "")))
    called = " ".join(f"@{each}" for each in mentions)
    marked = RESENT[cards[0].language] if message.resent else ""
    first = " ".join(filter(None, (called, marked)))
    return encoded(finish(with_mentions(_body(cards, first), mentions)))


def _body(cards: tuple[Card, ...], first: str) -> Body:
    """`first` is ours: mentions and the mark of a second copy, before or under the first title."""
    if all(map(is_plain, cards)):
        sentences = "\n\n".join("\n".join(map(calm, card.text)) for card in cards)
        return text_body(" ".join(filter(None, (first, sentences))) or NO_WORDS)
    text = PARAGRAPH.join([as_markdown(cards[0], first), *map(as_markdown, cards[1:])])
    title = _title(cards)
    links = list({action.url: (calm(action.label), action.url)
                  for card in cards for action in card.actions if is_link(action)}.values())
    return link_body(title, text, links[:MAX_BUTTONS]) if links else markdown_body(title, text)


def _title(cards: tuple[Card, ...]) -> str:
    """One line for the notification: the titles, else the first sentence."""
    titles = [calm(card.title) for card in cards if card.title] or [calm(text) for text in cards[0].text[:1]]
    line = " ".join(" / ".join(titles).split())
    return cut(line, MAX_TITLE_CHARACTERS) or NO_WORDS


def _finished(body: Body, *, keyword: str | None, msg_uuid: str | None) -> Body:
    """What a custom robot needs besides: its keyword in the text, and the key that stops a second copy."""
    if not keyword and not msg_uuid:
        return body
    part = body[body["msgtype"]]
    where = "content" if "content" in part else "text"
    if keyword and keyword not in part[where]:
        part = part | {where: f"{part[where]}{PARAGRAPH}{keyword}"}
    return body | {body["msgtype"]: part} | ({"msgUuid": msg_uuid} if msg_uuid else {})

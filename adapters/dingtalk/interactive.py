"""Interactive cards: buttons that come back to us, and a card that changes in place under its `outTrackId`.

The template is built and published by hand; its variables are ours: `title`, `text1` to `text4`, `button1` to `button5`
(empty: not shown), and for each person `pressed`, the number of the button she pressed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from adapters.dingtalk.cards import as_markdown, is_link
from adapters.dingtalk.markdown import BREAK, PARAGRAPH, calm
from adapters.dingtalk.render import mentioned
from bot.contracts import Action, Card, ConversationKind, OutboundMessage, cut, endings, fit

MAX_VALUE_BYTES = 1_000
"""Of a variable; the platform takes 1 KB."""
TEXTS, BUTTONS = 4, 5
MAX_LABEL_CHARACTERS = 20
CARD_BREAK = "<br>"
"""A line break inside a card; the webhook's form is none there."""
KEEP = timedelta(days=60)
"""Buttons of a card work that long."""


@dataclass(frozen=True, slots=True)
class Space:
    """Where a card is opened: a group, or a person's chat with the robot."""

    kind: ConversationKind
    id: str
    """`openConversationId` of the group, or the person's staff id."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What we must know when a button of a card is pressed."""

    conversation: str
    kind: ConversationKind
    says: tuple[str, ...] = field(default=())
    undelivered: bool = False
    """The card exists and nobody sees it: it must never count as sent."""

    def to_json(self) -> str:
        """As it is kept."""
        kept = {"c": self.conversation, "k": self.kind.value, "s": self.says, "u": self.undelivered}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def kept_from(text: str) -> Kept:
    """What `Kept.to_json` wrote."""
    given = json.loads(text)
    return Kept(given["c"], ConversationKind(given["k"]), tuple(given["s"]), bool(given["u"]))


def state_key(out_track_id: str) -> str:
    """Under which a card's buttons are kept."""
    return f"card:{out_track_id}"


def pressable(message: OutboundMessage) -> tuple[Action, ...]:
    """Buttons that say something when pressed."""
    actions = (action for card in message.cards for action in card.actions if action.say and not is_link(action))
    return tuple({action.say: action for action in actions}.values())[:BUTTONS]


def kept_of(message: OutboundMessage) -> Kept:
    """What to keep of a message that becomes a card."""
    place = message.conversation
    return Kept(place.external_id, place.kind, tuple(action.say for action in pressable(message)))


def create_body(message: OutboundMessage, space: Space, *, template: str, robot: str, callback: str) -> dict[str, Any]:
    """The request that makes a card and shows it; `callback` is `STREAM`, or the route key of our webhook."""
    params = card_params(message)
    by = {"callbackType": "STREAM"} if callback == "STREAM" else {"callbackType": "HTTP", "callbackRouteKey": callback}
    shown = {"supportForward": True, "lastMessageI18n": {"ZH_CN": params["title"], "EN_US": params["title"]}}
    if space.kind is ConversationKind.DIRECT:
        where = {
            "openSpaceId": f"dtv1.card//IM_ROBOT.{space.id}", "imRobotOpenSpaceModel": shown,
            "imRobotOpenDeliverModel": {"spaceType": "IM_ROBOT", "robotCode": robot},
        }
    else:
        called = {each: each for each in mentioned(message)}  # the platform shows the name it knows
        where = {
            "openSpaceId": f"dtv1.card//IM_GROUP.{space.id}", "imGroupOpenSpaceModel": shown,
            "imGroupOpenDeliverModel": {"robotCode": robot} | ({"atUserIds": called} if called else {}),
        }
    return {
        "cardTemplateId": template, "outTrackId": message.message_id, "cardData": {"cardParamMap": params},
        "userIdType": 1, **by, **where,
    }


def update_body(message: OutboundMessage, out_track_id: str) -> dict[str, Any]:
    """The request that changes a card in place: the whole data set, so that nothing of before stays."""
    return {"outTrackId": out_track_id, "cardData": {"cardParamMap": card_params(message)}, "userIdType": 1}


def was_delivered(answer: Mapping[str, Any]) -> bool:
    """True when every space took the card; a refusal stands inside an answer that says success."""
    result = answer.get("result")
    results = result.get("deliverResults") if isinstance(result, dict) else None
    if answer.get("success") is not True or not isinstance(results, list) or not results:
        return False
    return all(isinstance(one, dict) and one.get("success") is True for one in results)


def card_params(message: OutboundMessage) -> dict[str, str]:
    """The template's variables; the card shrinks until its text fits them."""
    cards = tuple(card.model_copy(update={"actions": _links(card), "files": ()}) for card in message.cards)
    fitted = fit(cards, lambda forms: max(0, len(_texts(forms)) - TEXTS), 0)
    for smaller in endings(fitted):
        fitted = smaller
        if len(_texts(fitted)) <= TEXTS:
            break
    texts = _texts(fitted)[:TEXTS]
    labels = [cut(calm(action.label), MAX_LABEL_CHARACTERS) for action in pressable(message)]
    params = {"title": _title(message.cards)}
    params |= {f"text{n + 1}": texts[n] if n < len(texts) else "" for n in range(TEXTS)}
    return params | {f"button{n + 1}": labels[n] if n < len(labels) else "" for n in range(BUTTONS)}


def _links(card: Card) -> tuple[Action, ...]:
    return tuple(action for action in card.actions if is_link(action))


def _title(cards: Sequence[Card]) -> str:
    titles = [card.title for card in cards if card.title] or [text for card in cards for text in card.text[:1]]
    return cut(calm(" / ".join(titles)), 100)


def _texts(cards: Sequence[Card]) -> list[str]:
    """The text in pieces that each fit a variable, divided where a paragraph or a line ends."""
    whole = PARAGRAPH.join(as_markdown(card.model_copy(update={"title": ""})) for card in cards)
    links = [f"[{calm(action.label)}]({action.url})" for card in cards for action in card.actions]
    paragraphs = [part.replace(BREAK, CARD_BREAK) for part in [*whole.split(PARAGRAPH), *links] if part]
    pieces: list[str] = []
    for paragraph in paragraphs:
        joined = f"{pieces[-1]}{PARAGRAPH}{paragraph}" if pieces else paragraph
        if pieces and _size(joined) <= MAX_VALUE_BYTES:
            pieces[-1] = joined
        else:
            pieces += _divided(paragraph)
    return pieces


def _divided(paragraph: str) -> list[str]:
    """A paragraph that is too long for one variable, divided between its lines, at the worst cut."""
    pieces = [""]
    for line in paragraph.split("\n"):
        joined = f"{pieces[-1]}\n{line}" if pieces[-1] else line
        if _size(joined) <= MAX_VALUE_BYTES:
            pieces[-1] = joined
        else:
            pieces.append(line if _size(line) <= MAX_VALUE_BYTES else cut(line, MAX_VALUE_BYTES // 4))
    return [piece for piece in pieces if piece]


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))

"""From a request to what closes the message: cards in the reader's languages, the change, the memory of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic_core import to_json
from sqlalchemy import Connection

from bot.contracts import Card, ConversationKind, InboundMessage, Language, MessageKind
from bot.inbox import InboxItem
from bot.outbox import MessageClass, OutgoingMessage
from bot.people.service import Talk
from bot.people.talk import note_language
from bot.skills.base import Answer, Ask, Done
from bot.skills.enclosed import Enclosed
from bot.skills.files_told import with_files_told, words_of
from bot.skills.languages import BILINGUAL
from bot.skills.memory import Exchange, Memory, remember
from bot.understanding import Understanding
from bot.wording import Words

ASKED_INTENTS: Final = frozenset({"track", "history", "eta", "delay_reason"})
ROWS_REMEMBERED: Final = 20


def words_for(languages: Sequence[Language], talk: Talk, now: datetime) -> tuple[Words, ...]:
    """Words for every language of the reader."""
    zone = ZoneInfo(talk.person.time_zone)
    return tuple([Words(language, zone, now) for language in languages])


@dataclass(frozen=True, slots=True)
class Turnaround:
    """Everything known about one message when its skill has answered; makes what the closing transaction does."""

    item: InboxItem
    talk: Talk
    memory: Memory
    understanding: Understanding
    own_language: Language | None
    """Of the words of the message; None when it had none."""
    readers: tuple[Words, ...]
    answer: Answer
    now: datetime
    enclosed: Enclosed | None = None

    def apply(self, conn: Connection) -> Sequence[OutgoingMessage]:
        """Carry out the change, remember the exchange, return the reply. May be run again after a rollback."""
        answer, done = self.answer, None
        cards = answer.cards
        readers = self.readers
        if answer.change is not None:
            done = answer.change(conn)
            if done.languages:
                readers = tuple(replace(self.readers[0], language=language) for language in done.languages)
            cards = tuple(card for words in readers for card in done.say(words))
        self._remember(conn, cards, done)
        if self.own_language is not None and self.own_language != self.talk.last_language:
            note_language(conn, self.item.conversation_id, self.own_language)
        if not cards:
            return ()
        return (reply(self.item, self._with_notes(cards, readers), readers, group=self.talk.group),)

    @property
    def outcome(self) -> str:
        """What the message was taken for, as JSON."""
        return to_json(outcome_of(self.understanding)).decode()

    def _remember(self, conn: Connection, cards: Sequence[Card], done: Done | None) -> None:
        spoke = done or self.answer
        slots = self.understanding.slots
        numbers = slots.get("numbers", ()) if self.understanding.intent in ASKED_INTENTS else ()
        remember(
            conn, self.item.conversation_id, self.talk.person.contact_id, memory=self.memory, now=self.now,
            exchange=Exchange(
                said=_said(self.item.message, self.understanding), shown=shown(cards, spoke.remember),
                numbers=tuple(numbers)[:5], question=spoke.asks,
            ),
        )

    def _with_notes(self, cards: tuple[Card, ...], readers: Sequence[Words]) -> tuple[Card, ...]:
        """The cards with what the reader must know besides: what was read in files, or that nobody looked at them."""
        message = self.item.message
        if self.enclosed is not None:
            return with_files_told(cards, readers, self.enclosed)
        heard = message.kind is MessageKind.AUDIO  # of a voice note the text is what was said
        if heard or not message.attachments or not message.text.strip():
            return cards
        return tuple(_with_line(card, self._unread_line(card, readers)) for card in cards)

    @staticmethod
    def _unread_line(card: Card, readers: Sequence[Words]) -> str:
        return words_of(card, readers).say("talk.attachment_not_read")


def reply(
    item: InboxItem, cards: tuple[Card, ...], readers: Sequence[Words], *, group: bool = False
) -> OutgoingMessage:
    """The reply row for a message."""
    message = item.message
    in_group = group and message.conversation.kind is ConversationKind.GROUP
    return OutgoingMessage(
        conversation_id=item.conversation_id,
        queue="reply",
        message_class=MessageClass.REPLY,
        dedup_key=f"reply:{item.id}",
        cards=cards,
        language=readers[0].language if len(readers) == 1 else BILINGUAL,
        reply_route=message.reply_route,
        reply_to=message.message_id,
        mentions=(message.sender.external_id,) if in_group else (),
        asked_at=message.sent_at,
    )


def shown(cards: Sequence[Card], more: str) -> str:
    """What the person saw and may refer to: titles, references, first columns; never more than was shown."""
    pieces = [more] if more else []
    for card in cards[:2]:
        pieces += filter(None, (card.title, card.reference))
        if not more and card.table is not None:
            pieces += [row[0] for row in card.table.rows[:ROWS_REMEMBERED] if row]
    return " ".join(pieces)


def outcome_of(understanding: Understanding) -> dict[str, Any]:
    """Intent, slots, language and the reasons in short as plain data."""
    slots = {name: list(v) if isinstance(v, tuple) else v for name, v in understanding.slots.items()}
    why = understanding.digest()
    outcome = {"intent": understanding.intent, "slots": slots, "language": understanding.language}
    return outcome | {"why": why} if why else outcome


def _said(message: InboundMessage, understanding: Understanding) -> str:
    """The person's words, with the parcel they pointed at; of a very long message only the numbers."""
    text, numbers = str(understanding.slots.get("said") or message.text), understanding.slots.get("numbers", ())
    if len(text) > 500:
        return f"{text[:80]} {' '.join(numbers)}" if numbers else text
    return f"{text} {numbers[0]}" if len(numbers) == 1 and not understanding.numbers else text


def _with_line(card: Card, line: str) -> Card:
    return card.model_copy(update={"text": (*card.text, line)})


def answer_in(ask: Ask, others: Sequence[Words], skill: Any, conn: Connection) -> Answer:
    """Ask a skill once for every language; a change is made once and said in all of them."""
    answer: Answer = skill(ask, conn)
    if answer.change is not None or not others:
        return answer
    for words in others:
        other: Answer = skill(replace(ask, words=words), conn)
        asks = answer.asks.or_in(other.asks) if answer.asks and other.asks else answer.asks
        answer = replace(answer, cards=(*answer.cards, *other.cards), asks=asks)
    return answer

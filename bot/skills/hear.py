"""From a message and what was said before it to a request: an answer to our question, a fixed form, free words."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.contracts import InboundMessage, MessageKind
from bot.skills.choosing import CHOOSE_AGAIN
from bot.skills.doubt import CARRIED, doubted
from bot.skills.listed import listed_last
from bot.skills.memory import Memory
from bot.skills.pointing import pointed_at
from bot.skills.question import (
    DISPUTED,
    LEAVE,
    Question,
    answered,
    declines,
    picks,
    points_beyond,
    said_alone,
)
from bot.skills.recent import that_day, the_other
from bot.skills.spotting import unreadable
from bot.understanding import Command, Turn, Understanding, parse_command, understand
from bot.understanding.folding import fold
from bot.understanding.slots import LISTS
from bot.understanding.slots_duration import find_duration

LONGEST_SPAN: Final = 20
MENTION_ONLY = "greeting"
"""A bare "@bot" wants to know whether somebody is there."""
NOTHING_ASKED: Final = "nothing_asked"
"""An answer where no question is open."""

_UNREAD = {
    MessageKind.PICTURE: "unread_picture",
    MessageKind.AUDIO: "unread_audio",
    MessageKind.VIDEO: "unread_video",
    MessageKind.FILE: "unread_file",
    MessageKind.UNKNOWN: "unread_other",
}
_BEFORE_A_MENTION: Final = ("@", "<", "＠", "＜")
_REFERENCE: Final = re.compile(r"\b([AC]-\d{1,6})\b")
_ALERT: Final = re.compile(
    r"^\s*(?:PB-?)?A-?(\d{1,6})\s*[?？。.]?\s*$|(?<![A-Z0-9-])A-(\d{1,6})(?![A-Z0-9-])", re.IGNORECASE
)
"""An alert and nothing else, or somewhere in a question."""
_WITHOUT_NUMBERS: Final = frozenset({"out_of_scope", "track", "delay_reason", "eta"})
"""What a question about an alert is taken for by a reading that looks for parcels."""
_QUESTIONS: Final = frozenset({
    "out_of_scope", "track", "history", "eta", "delay_reason", "linehaul_status", "delayed_list", "summary",
})  # fmt: skip
"""What a bare "no" must not be taken for, whatever was asked before."""


def hear(message: InboundMessage, memory: Memory, local_now: datetime) -> Understanding:
    """The request a message makes. `local_now` carries the person's zone, in which days are meant."""
    text = message.text
    if not text.strip():
        return _wordless(_UNREAD.get(message.kind, MENTION_ONLY))
    if memory.question is not None and (chosen := _chosen(memory.question, text, local_now)) is not None:
        return chosen
    quoted = message.quoted.text if message.quoted else ""
    began = bool(message.quoted and message.quoted.thread)
    turns = memory.turns(quoted, began=began)
    command = parse_command(text)
    if command is not None and (meant := _command(command, text, turns, local_now)) is not None:
        return meant
    understanding = understand(text, context=turns, now=local_now)
    if not understanding.numbers or text.lstrip()[:1] in _BEFORE_A_MENTION:  # a fixed word has no number beside it
        alone = said_alone(text)
        told = alone == understanding.intent == "acknowledge"  # the alert told last is understood already
        if alone is not None and not told:
            return replace(understanding, intent=alone, slots=_named(understanding) if alone == DISPUTED else {})
    if understanding.numbers:
        return doubted(understanding)
    asks_who = command is not None and command.name == "who"
    replies = bool(quoted) and not (began and memory.lines)
    pointed = pointed_at(understanding, text, turns, quoted=replies, local_now=local_now)
    meant = pointed or _of_nothing_named(understanding, text, memory, local_now, asks_who=asks_who)
    if (meant.intent == "out_of_scope" and picks(text)) or (meant.intent in _QUESTIONS and declines(text)):
        return replace(meant, intent=NOTHING_ASKED, slots={})
    return _carried(doubted(understanding)) if meant is understanding else meant


def _carried(understanding: Understanding) -> Understanding:
    """To follow no longer what was only spoken of before is a guess, and says so."""
    if understanding.intent != "unsubscribe" or understanding.numbers or not _named(understanding):
        return understanding
    return replace(understanding, slots={**understanding.slots, CARRIED: True})


def _named(understanding: Understanding) -> dict[str, object]:
    """The parcels and flights spoken of, without the rest."""
    return {name: understanding.slots[name] for name in LISTS if name in understanding.slots}


def _chosen(question: Question, text: str, local_now: datetime) -> Understanding | None:
    """The message as an answer to what was asked back; None when it is a request of its own."""
    choice = answered(question, text)
    if choice is not None:
        read = understand(text, now=local_now)
        return replace(read, intent=choice.intent, slots=dict(choice.slots), confidence=1.0)
    span = _span(question, text, local_now)
    if span is not None:
        read = understand(text, now=local_now)
        return replace(read, intent="mute", slots={**question.choices[0].slots, "duration": span})
    if points_beyond(question, text):
        return replace(_wordless(CHOOSE_AGAIN), slots={"choices": question.to_json()})
    return None


def _of_nothing_named(
    understanding: Understanding, text: str, memory: Memory, local_now: datetime, *, asks_who: bool
) -> Understanding:
    """What a message means that names no parcel and no flight, beyond what understanding makes of it."""
    if understanding.intent in _WITHOUT_NUMBERS:
        of_alert = _of_alert(understanding, text, asks_who=asks_who)
        if of_alert is not None:
            return of_alert
    of_something = understanding.intent == "out_of_scope" or understanding.slots.keys() & LISTS
    if of_something and unreadable(text):
        return _of_no_other(understanding)
    return (
        that_day(understanding, text, memory.asked, local_now)
        or the_other(understanding, text, memory.asked, local_now)
        or understanding
    )


def _of_alert(understanding: Understanding, text: str, *, asks_who: bool) -> Understanding | None:
    """"What is A-1024?", "A-1024": what is known of it. "Who has it?" of nothing spoken of: the choice of one."""
    named = _ALERT.search(text)
    if named is not None:
        return replace(understanding, intent="who", slots={"reference": f"A-{named[1] or named[2]}"})
    return replace(understanding, intent="who", slots={}) if asks_who and not understanding.slots else None


def _of_no_other(understanding: Understanding) -> Understanding:
    """The same request about nothing yet: a number we cannot read is not the one spoken of before."""
    slots = {name: value for name, value in understanding.slots.items() if name not in LISTS}
    intent = "track" if understanding.intent in ("linehaul_status", "out_of_scope") else understanding.intent
    return replace(understanding, intent=intent, slots=slots)


def _span(question: Question, text: str, local_now: datetime) -> str | None:
    """The time somebody names when asked for how long, though it is none of those offered."""
    asks_how_long = {choice.intent for choice in question.choices} - {LEAVE} == {"mute"}
    return find_duration(fold(text), local_now) if asks_how_long and len(text) <= LONGEST_SPAN else None


def _command(
    command: Command, text: str, turns: Sequence[Turn], local_now: datetime
) -> Understanding | None:
    """A fixed form as a request; None when it is a question about a parcel ("who has it?" after a parcel's card)."""
    reference = command.reference or _told_last(turns, "A" if command.name == "export" else "AC")
    if command.name == "export" and command.reference is None:
        listed = listed_last(turns, local_now)
        if listed is not None:
            return listed
    if command.name == "who" and reference is None and turns:
        return None
    slots = {"reference": reference} if reference and command.name != "undo" else {}
    if command.argument:
        slots["format"] = command.argument
    read = understand(text, now=local_now)
    return replace(read, intent=command.name, slots=slots, confidence=1.0)


def _told_last(turns: Sequence[Turn], letters: str) -> str | None:
    """The alert or case (`A`, `C`) that the bot named last."""
    for turn in reversed(turns):
        found = [ref for ref in _REFERENCE.findall(turn.text) if ref[0] in letters] if turn.role == "bot" else []
        if found:
            return str(found[0])
    return None


def _wordless(intent: str) -> Understanding:
    return Understanding(language="", intent=intent, slots={}, confidence=1.0)

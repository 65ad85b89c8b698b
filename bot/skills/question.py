"""A question the bot asked back, and how the next message answers it: yes, no, a choice, or something else."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from bot.skills.ordinals import place_alone
from bot.understanding.folding import fold

LEAVE = "leave"
"""Intent of an answer that wants nothing changed."""
DISPUTED = "disputed"
"""Intent of a message that says no more than that our last answer is not right."""

_LONGEST = 60
_LONGEST_BUTTON = 300
_AROUND = " \t\r\n.,!?~…。，！？、～·;；:："
_MENTION = re.compile(r"^\s*(?:<@[^>\s]{1,40}>|@\S{1,24})\s+")


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to answer: the words that mean it, and the request it then stands for."""

    says: tuple[str, ...]
    intent: str
    slots: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """With one choice it is answered by yes or no; with several by their words, their place, or "none"."""

    choices: tuple[Choice, ...]

    def or_in(self, other: "Question") -> "Question":
        """The same question asked in another language too: either's words answer it."""
        pairs = zip(self.choices, other.choices, strict=True)
        return Question(tuple(replace(mine, says=(*mine.says, *its.says)) for mine, its in pairs))

    def to_json(self) -> list[list[Any]]:
        """As it is stored."""
        return [[list(choice.says), choice.intent, dict(choice.slots)] for choice in self.choices]


def from_json(stored: list[list[Any]]) -> Question:
    """As it was stored."""
    return Question(tuple(Choice(tuple(says), intent, slots) for says, intent, slots in stored))


def answered(question: Question, text: str) -> Choice | None:
    """The choice a message makes; None when it is not an answer but a message of its own."""
    if len(text) > _LONGEST_BUTTON:
        return None
    said = _plain(text)
    for choice in question.choices:
        if any(said == _plain(word) for word in choice.says):
            return choice
    if len(text) > _LONGEST:
        return None
    if _declines(said):
        return Choice((), LEAVE)
    if len(question.choices) == 1 and said in _words()["yes"]:
        return question.choices[0]
    return _by_place(question, said)


def points_beyond(question: Question, text: str) -> bool:
    """Whether a message is a place or a yes, and nothing else, that picks none of the choices that were shown."""
    shown = len(question.choices) > 1 and all(choice.says for choice in question.choices)
    return shown and len(text) <= _LONGEST and _picks(_plain(text))


def picks(text: str) -> bool:
    """Whether a message is a place or a yes, which only makes sense as an answer."""
    return len(text) <= _LONGEST and _picks(_plain(text))


def declines(text: str) -> bool:
    """Whether a message is a no and nothing else."""
    return len(text) <= _LONGEST and _declines(_plain(text))


def _picks(said: str) -> bool:
    return place_alone(said) is not None or said in _words()["yes"]


def _declines(said: str) -> bool:
    return said in _words()["no"] or said in _words()["none"]


def not_after_all(intent: str) -> Question:
    """After a change: a bare "cancel" means that change and nothing else that could be cancelled."""
    return Question((Choice(tuple(sorted(_words()["back"])), intent), Choice((), LEAVE)))


def said_alone(text: str) -> str | None:
    """The intent of a message that is one of our fixed words and nothing else: "cancel", "my requests"."""
    return _alone().get(_plain(text)) if len(text) <= _LONGEST else None


def _by_place(question: Question, said: str) -> Choice | None:
    place = place_alone(said)
    if place is None or not 0 < abs(place) <= len(question.choices):
        return None
    return question.choices[place - 1 if place > 0 else place]


def _plain(text: str) -> str:
    return " ".join(_MENTION.sub("", fold(text)).strip(_AROUND).split())


@cache
def _words() -> Mapping[str, frozenset[str]]:
    data = tomllib.loads((Path(__file__).parent / "data" / "answers.toml").read_text(encoding="utf-8"))
    return {kind: frozenset(_plain(word) for word in words) for kind, words in data.items()}


@cache
def _alone() -> Mapping[str, str]:
    words = _words()
    cases, cancel = dict.fromkeys(words["cases"], "case_status"), dict.fromkeys(words["cancel"], "unsubscribe")
    place = dict.fromkeys(words["place"], "who_reads")
    fine, ack = dict.fromkeys(words["fine"], "thanks"), dict.fromkeys(words["note"], "acknowledge")
    wrong = dict.fromkeys(words["wrong"], DISPUTED)
    return {**cases, **cancel, **fine, **ack, **place, **wrong}

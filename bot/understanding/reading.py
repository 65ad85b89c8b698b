"""One message, read on its own: what its words vote for, before any earlier turn is looked at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.understanding import language, letters, resources
from bot.understanding.clauses import Clauses
from bot.understanding.folding import fold
from bot.understanding.lexicon import Hit, Lexicon
from bot.understanding.masking import Masked, mask
from bot.understanding.numbers import is_linehaul_kind, is_parcel_kind
from bot.understanding.patterns import tells_customer
from bot.understanding.romanised import Romanised
from bot.understanding.rules import RuleBook, Vote, tally
from bot.understanding.slots_duration import span_words
from bot.understanding.slots_time import period_words
from bot.understanding.spoken import written
from bot.understanding.tokens import tokenise
from bot.understanding.weekdays import names_weekday

_TABLES = (
    "concepts.en.toml", "concepts.zh.toml", "slots.en.toml", "slots.zh.toml", "countries.en.toml",
    "countries.zh.toml", "emoji.toml", "outside.en.toml", "outside.zh.toml", "everyday.en.toml", "everyday.zh.toml",
)  # fmt: skip
LEXICON: Final = Lexicon(
    (resources.table(name) for name in _TABLES),
    spelling=resources.table("spelling.en.toml"),
)
_RULES = RuleBook(resources.table("rules.toml")["rules"], LEXICON.bit)
_ROMANISED = Romanised(LEXICON.chinese, LEXICON.english)
_CLAUSES = Clauses(LEXICON)
_ORDER = tuple(resources.table("rules.toml")["rules"])
_RANK = {intent: i for i, intent in enumerate(_ORDER)}
_CANTONESE = {fold(spoken): written_ for spoken, written_ in resources.table("cantonese.toml")["words"].items()}
_CANTONESE_PATTERN = re.compile("|".join(sorted(map(re.escape, _CANTONESE), key=len, reverse=True)))
_QUESTION = re.compile(
    r"[?？]|[吗呢么没]\s*(?:$|[？?!。，,\n])|(?:没有|未|不)\s*$|\b(?:has|is|was|did|does) (?:it|he|they)\s*$"
)
_FOCUS_BONUS = 1.5
_FEW_WORDS = 3
_STRANGE = 2
_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)
_OUTSIDE = "out_of_scope"
_NO_DEED = frozenset({_OUTSIDE, "help", "greeting", "thanks", "handoff"})
_NUMBERED = sum(LEXICON.bit(label) for label in ("num", "ref", "alert_id", "case_id"))
_SUBJECT = LEXICON.bit("outside")
_FOREIGN = _SUBJECT | LEXICON.bit("odd")
_ANCHOR = sum(LEXICON.bit(label) for label in ("parcel", "plural", "alerts", "subscriptions", "template", "hub", "mode", "to_customer"))
_DOUBT = 2.0
_DOUBT_OF_WORDS = 1.6


@dataclass(slots=True)
class Reading:
    """A message with its labels and the votes they cast."""

    masked: Masked
    text: str
    language: str | None
    hits: list[Hit]
    present: int
    unknown: int
    votes: list[Vote]
    scores: dict[str, float]
    odd: bool = False

    def has(self, label: str) -> bool:
        """Say whether any phrase with this label was found."""
        return bool(self.present & LEXICON.bit(label))

    @property
    def parcels(self) -> list[str]:
        """Parcel numbers of the text, as typed, each once."""
        return _values(self.masked, is_parcel_kind)

    @property
    def linehauls(self) -> list[str]:
        """Flights, trains, containers and air waybills of the text."""
        return _values(self.masked, is_linehaul_kind)

    @property
    def best(self) -> tuple[str, float]:
        """The intent that leads and its score."""
        return ranked(self.scores)[0]


def _values(masked: Masked, wanted: object) -> list[str]:
    assert callable(wanted)
    return list(dict.fromkeys(number.value for number in masked.numbers if wanted(number.kind)))


def ranked(scores: dict[str, float]) -> list[tuple[str, float]]:
    """Intents by falling score; equal ones in the order of the rule file."""
    return sorted(scores.items(), key=lambda pair: (-pair[1], _RANK.get(pair[0], 99)))


def read(message: str) -> Reading:
    """Read one message."""
    masked = mask(message)
    text = letters.body(masked.text)
    text, pinyin = _ROMANISED.to_characters(text)
    spoken = language.detect(masked.plain, masked.text, romanised=pinyin)
    if spoken == "zh-Hant" or spoken == "mixed":
        text = _CANTONESE_PATTERN.sub(lambda match: _CANTONESE[match[0]], text)
    if spoken != "en":
        text = written(text)
    scan = LEXICON.scan(tokenise(text))
    reading = Reading(masked, text, spoken, scan.hits, 0, int(scan.unknown), [], {})
    reading.odd = scan.unknown > 0
    _weigh(reading)
    return reading


def _weigh(reading: Reading) -> None:
    hits = reading.hits
    extra = _shape(reading)
    dismissed = _CLAUSES.without_dismissed(hits)
    if dismissed is not None:
        short = LEXICON.bit("short") if len(dismissed) + reading.unknown <= _FEW_WORDS else 0
        reading.present = _present(dismissed) | extra | short
        reading.votes = _RULES.votes(reading.present, dismissed)
        reading.scores = tally(reading.votes)
        if reading.scores and reading.best[1] >= 3.5 and reading.best[0] != _OUTSIDE:
            reading.hits = dismissed
            _focus(reading, extra)
            return
    reading.present = _present(hits) | extra
    reading.votes = _RULES.votes(reading.present, hits)
    reading.scores = tally(reading.votes)
    _focus(reading, extra)
    _doubt(reading)


def _doubt(reading: Reading) -> None:
    """Words of another subject or of none we know, and nothing of ours to go with them: what it seems to ask is less sure."""
    if reading.present & _NUMBERED or not reading.present & _FOREIGN:
        return
    doubt = _DOUBT if reading.present & _SUBJECT else _DOUBT_OF_WORDS
    if reading.present & _SUBJECT or reading.present & _ANCHOR == 0:
        for intent in reading.scores.keys() - _NO_DEED:
            reading.scores[intent] -= doubt


def _focus(reading: Reading, extra: int) -> None:
    """In a text of several sentences, what the last telling one says counts more."""
    sentences = sorted({hit.sentence for hit in reading.hits})
    if len(sentences) > 1 and reading.scores:
        for sentence in reversed(sentences):
            hits = [hit for hit in reading.hits if hit.sentence == sentence]
            votes = tally(_RULES.votes(_present(hits) | (extra & ~LEXICON.bit("short")), hits))
            lead = [pair for pair in ranked(votes) if pair[1] >= 3.5]
            if lead:
                intent = lead[0][0]
                reading.scores[intent] = reading.scores.get(intent, 0.0) + _FOCUS_BONUS
                break
    reading.scores.setdefault(_OUTSIDE, 1.0)


def _present(hits: Sequence[Hit]) -> int:
    present = 0
    for hit in hits:
        present |= hit.entry.bits
    return present


def _shape(reading: Reading) -> int:
    """Labels that no single word carries."""
    words = reading.unknown + len(reading.hits)
    shape = {
        "num": bool(reading.parcels),
        "ref": bool(reading.linehauls),
        "alert_id": bool(reading.masked.alert_ids),
        "case_id": bool(reading.masked.case_ids),
        "question": _QUESTION.search(reading.text) is not None,
        "span": span_words(reading.text) is not None,
        "period": period_words(reading.text) is not None or names_weekday(reading.text),
        "to_customer": tells_customer(reading.text),
        "short": words <= _FEW_WORDS,
        "strange": reading.unknown >= _STRANGE and reading.unknown * 2 >= words,
        "clear": reading.unknown < _STRANGE,
        "known": reading.unknown == 0,
        "odd": reading.odd,
    }
    return sum(LEXICON.bit(label) for label, holds in shape.items() if holds)

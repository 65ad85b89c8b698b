"""What the words of a message vote for, before its numbers' values or any earlier turn are looked at."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from bot.understanding import language, letters, resources
from bot.understanding.certainty import CHANGING, CLOSED
from bot.understanding.clauses import Clauses
from bot.understanding.lexicon import Hit
from bot.understanding.opinion import Opinion
from bot.understanding.patterns import (
    asks_whether,
    asks_whether_done,
    forges_record,
    lets_go,
    speaks_to_machines,
    tells_customer,
    travels,
    wants_quiet,
)
from bot.understanding.phrasebook import LEXICON, either
from bot.understanding.romanised import Romanised
from bot.understanding.rules import RuleBook, Vote, tally
from bot.understanding.slots_duration import span_words
from bot.understanding.slots_time import period_words
from bot.understanding.spoken import from_cantonese, in_chinese, written
from bot.understanding.strangeness import Strangeness
from bot.understanding.tokens import tokenise
from bot.understanding.turning import turned_away, turning_words
from bot.understanding.weekdays import names_weekday

_TABLE = resources.table("rules.toml")["rules"]
_RULES = RuleBook(_TABLE, LEXICON.bit)
_RANK = {intent: i for i, intent in enumerate(_TABLE)}
_ROMANISED = Romanised(LEXICON.chinese, LEXICON.english)
_CLAUSES = Clauses(LEXICON)
_OPINION = Opinion(LEXICON.bit)
_STRANGENESS = Strangeness()
_QUESTION = re.compile(
    r"[?？]|[吗呢么没]\s*(?:$|[？?!。，,\n])|(?:没有|未|不)\s*$|\b(?:has|is|was|did|does) (?:it|he|they)\s*$"
)
_FOCUS_BONUS = 1.5
_LEADS = 3.5
_TELLS = 4.0
_FEW_WORDS = 3
_STRANGE = 2
_OUTSIDE = "out_of_scope"
_SHORT = LEXICON.bit("short")
_NUMBERED = either("num", "ref", "alert_id", "case_id")
_NAMES_ONE = _NUMBERED | either("parcel")
_SUBJECT = either("outside")
_FOREIGN = either("outside", "odd")
_ANCHOR = either("parcel", "plural", "alerts", "subscriptions", "template", "hub", "mode", "to_customer")
_ASKS = either("where", "when", "why", "history", "which", "make_it", "doc_type", "status", "so_long", "template")
_IDIOMS = either(
    "off", "unsub", "mute", "no_more", "stop_alerts", "not_received", "still_not", "no_move", "lost", "damaged",
    "short_content", "wrong_word", "wrong_place", "noted", "taking", "dispute", "claim", "false_delivery", "complain",
    "shows_delivered", "act", "late", "thanks",
)  # fmt: skip
"""Labels of phrases that ask for something in negative words: 别再发 wants quiet, 没收到 tells of a problem."""
_ASKED_ABOUT = LEXICON.bit("asked_about")
_SHAPE = tuple(
    LEXICON.bit(label)
    for label in (
        "num", "ref", "alert_id", "case_id", "question", "span", "period", "to_customer", "forgery", "passenger",
        "has", "unsub", "whether", "stop_alerts", "machine", "short", "strange", "clear", "known", "odd",
    )
)  # fmt: skip
_NOTHING: Final = -1.9
"""Nothing speaks for an intent that no words vote for and that the learned opinion rules out."""
_OF_PARCELS: Final = 0.5
"""Who speaks of a parcel may say strange things about it."""
_DOUBT_OF_SUBJECT: Final = 2.0
_DOUBT_OF_WORDS: Final = 1.6


class Named(NamedTuple):
    """Which kinds of identifiers a message names; which ones they are does not change what it asks."""

    parcels: bool
    linehauls: bool
    alerts: bool
    cases: bool


@dataclass(frozen=True, slots=True)
class Weighed:
    """The phrases of a message, the labels they carry and the votes these cast."""

    text: str
    language: str | None
    hits: tuple[Hit, ...]
    unknown: float
    present: int = 0
    votes: tuple[Vote, ...] = ()
    scores: tuple[tuple[str, float], ...] = ()
    """What the votes come to."""
    judged: tuple[tuple[str, float], ...] = ()
    """The same with the learned opinion."""
    wary: bool = False
    """Whether a change stands beside words that may turn it away."""


def ranked(scores: Mapping[str, float]) -> list[tuple[str, float]]:
    """Intents by falling score; equal ones in the order of the rule file."""
    return sorted(scores.items(), key=lambda pair: (-pair[1], _RANK.get(pair[0], 99)))


def weigh(plain: str, folded: str, named: Named) -> Weighed:
    """Weigh a text whose identifiers are covered, given as typed and folded."""
    text, pinyin = _ROMANISED.to_characters(letters.body(folded))
    spoken = language.detect(plain, folded, romanised=pinyin)
    if spoken in ("zh-Hant", "mixed"):
        text = from_cantonese(text)
    if spoken == "mixed":
        text = in_chinese(text)
    if spoken != "en":
        text = written(text)
    scan = LEXICON.scan(tokenise(text))
    read = Weighed(text, spoken, tuple(scan.hits), scan.unknown)
    extra = _shape(read, named)
    return _with_opinion(_turned(_judged(read, extra), read, extra))


def _judged(read: Weighed, extra: int) -> Weighed:
    """Let the rules vote, without what the writer turns away if that makes sense of the rest."""
    left = _CLAUSES.without_dismissed(read.hits)
    if left is not None:
        short = _SHORT if len(left) + int(read.unknown) <= _FEW_WORDS else 0
        judged = _voted(replace(read, hits=tuple(left)), extra | short, extra)
        best = ranked(dict(judged.scores))[0]
        if best[1] >= _LEADS and best[0] != _OUTSIDE:
            return judged
    return _voted(read, extra, extra)


def _turned(judged: Weighed, read: Weighed, extra: int) -> Weighed:
    """Take back the changes that the text names only to turn them away."""
    changes = CHANGING & dict(judged.scores).keys()
    if not changes:
        return judged
    turned = turned_away(read.text, changes)
    if turned.intents:
        left = _without(judged.hits, read.text, turned.spans)
        judged = _voted(replace(judged, hits=left), extra | (_ASKED_ABOUT if turned.asked else 0), extra)
        judged = replace(judged, scores=tuple(pair for pair in judged.scores if pair[0] not in turned.intents))
    return replace(judged, wary=_is_wary(read))


def _without(hits: Sequence[Hit], text: str, spans: Sequence[tuple[int, int]]) -> tuple[Hit, ...]:
    """Drop the clauses of some verbs, save what is asked behind the verb."""
    left, tokens = list(hits), tokenise(text)
    for start, end in spans:
        clause = next(token.clause for token in tokens if token.start + len(token.text) > start)
        asks = next((h.start for h in hits if h.clause == clause and h.start >= end and h.entry.bits & _ASKS), None)
        left = [hit for hit in left if hit.clause != clause or (asks is not None and hit.start >= asks)]
    return tuple(left)


def _is_wary(read: Weighed) -> bool:
    """Whether a word that may turn something away belongs to no phrase that asks for something by it."""
    turning = list(turning_words(read.text))
    if not turning:
        return False
    idioms = {at for hit in read.hits if hit.entry.bits & _IDIOMS for at in range(hit.start, hit.end)}
    return any(at not in idioms for at in turning)


def _voted(read: Weighed, extra: int, shape: int) -> Weighed:
    present = _present(read.hits) | extra
    votes = _RULES.votes(present, read.hits)
    scores = tally(votes)
    if scores:
        _focus(scores, read.hits, shape)
    scores.setdefault(_OUTSIDE, 1.0)
    _doubt(scores, present)
    return replace(read, present=present, votes=tuple(votes), scores=tuple(scores.items()))


def _with_opinion(read: Weighed) -> Weighed:
    judged = dict(read.scores)
    for name, likely in _OPINION.of(read.present).items():
        judged[name] = judged.get(name, 0.0) + likely
    strange = _STRANGENESS.of(read.text) * (_OF_PARCELS if read.present & _NAMES_ONE else 1.0)
    if strange:
        for name in judged:
            judged[name] += strange if name == _OUTSIDE else 0.0 if name in CLOSED else -strange
    kept = tuple((name, score) for name, score in judged.items() if score > _NOTHING or name == _OUTSIDE)
    return replace(read, judged=kept)


def _focus(scores: dict[str, float], hits: Sequence[Hit], extra: int) -> None:
    """In a text of several sentences, what the last telling one says counts more."""
    sentences = sorted({hit.sentence for hit in hits})
    if len(sentences) < 2:
        return
    for sentence in reversed(sentences):
        own = [hit for hit in hits if hit.sentence == sentence]
        votes = tally(_RULES.votes(_present(own) | (extra & ~_SHORT), own))
        if votes and (lead := ranked(votes)[0])[1] >= _TELLS:
            scores[lead[0]] = scores.get(lead[0], 0.0) + _FOCUS_BONUS
            return


def _doubt(scores: dict[str, float], present: int) -> None:
    """Words of another subject, or of none we know and nothing of ours beside them, make a request less sure."""
    if present & _NUMBERED or not present & _FOREIGN:
        return
    if present & _SUBJECT or not present & _ANCHOR:
        doubt = _DOUBT_OF_SUBJECT if present & _SUBJECT else _DOUBT_OF_WORDS
        for intent in scores.keys() - CLOSED:
            scores[intent] -= doubt


def _present(hits: Sequence[Hit]) -> int:
    present = 0
    for hit in hits:
        present |= hit.entry.bits
    return present


def _shape(read: Weighed, named: Named) -> int:
    """Labels that no single word carries."""
    text, unknown = read.text, int(read.unknown)
    words = unknown + len(read.hits)
    holds = (
        named.parcels,
        named.linehauls,
        named.alerts,
        named.cases,
        _QUESTION.search(text) is not None,
        span_words(text) is not None,
        period_words(text) is not None or names_weekday(text),
        tells_customer(text),
        (named.parcels or named.linehauls) and forges_record(text),
        not (named.linehauls or named.parcels) and travels(text),
        asks_whether_done(text),
        lets_go(text),
        asks_whether(text),
        wants_quiet(text),
        speaks_to_machines(text),
        words <= _FEW_WORDS,
        unknown >= _STRANGE and unknown * 2 >= words,
        unknown < _STRANGE,
        unknown == 0,
        read.unknown > 0,
    )
    return sum(bit for bit, held in zip(_SHAPE, holds, strict=True) if held)

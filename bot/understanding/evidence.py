"""Why a message was read as it was: the words behind the intent and behind each slot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot.understanding.model import Evidence, Score, Why
from bot.understanding.reading import Reading
from bot.understanding.rules import Vote
from bot.understanding.slots import NAMING
from bot.understanding.slots_duration import span_words
from bot.understanding.slots_time import period_words
from bot.understanding.weekdays import weekday_words
from bot.understanding.weighing import ranked

_SLOT_WEIGHT: Final = 1.0
_NEXT: Final = 2
_WORDS: Final = 120
"""Characters of the words that a digest keeps."""


def why(intent: str, slots: Mapping[str, Any], reading: Reading) -> Why:
    """Return the words for the intent, for every slot and for what came next, and the scores."""
    scores = _scores(intent, reading)
    found = _for_intent(intent, reading)
    for hit in reading.hits:
        for slot, _ in hit.entry.values:
            if slot in slots:
                found.setdefault((slot, hit.words), _SLOT_WEIGHT)
    for slot, value in slots.items():
        for words in _written(slot, value, reading.text):
            found.setdefault((slot, words), _SLOT_WEIGHT)
    for score in scores[1:2]:
        found |= _for_intent(score.intent, reading)
    return Why(tuple(Evidence(target, words, weight) for (target, words), weight in found.items()), scores)


def digest(intent: str, reading: Reading) -> str:
    """Return the intent's score, the words of its strongest vote and the intent that came next, in one line."""
    judged = reading.judged
    line = f"{intent} {judged.get(intent, 0.0):.1f}"
    strongest = max((vote for vote in reading.votes if vote.intent == intent), key=_weight, default=None)
    if strongest is not None:
        wanted = strongest.rule.wanted
        line += f" ({', '.join(hit.words for hit in reading.hits if hit.entry.bits & wanted)[:_WORDS]})"
    after = max((name for name in judged if name != intent), key=judged.__getitem__, default=None)
    return line if after is None or judged[after] <= 0 else f"{line}; {after} {judged[after]:.1f}"


def _weight(vote: Vote) -> float:
    return vote.weight


def _scores(intent: str, reading: Reading) -> tuple[Score, ...]:
    """The intent first, then the ones that came next."""
    others = [(name, total) for name, total in ranked(reading.judged) if name != intent and total > 0]
    order = [(intent, reading.judged.get(intent, 0.0)), *others[:_NEXT]]
    return tuple(
        Score(name, total, rules, total - rules - (earlier := reading.earlier.get(name, 0.0)), earlier)
        for name, total in order
        for rules in (reading.scores.get(name, 0.0),)
    )


def _for_intent(intent: str, reading: Reading) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], float] = {}
    for vote in reading.votes:
        if vote.intent != intent:
            continue
        for hit in reading.hits:
            if hit.entry.bits & vote.rule.wanted:
                key = (intent, hit.words)
                found[key] = max(found.get(key, 0.0), vote.weight)
    return found


def _written(slot: str, value: Any, text: str) -> list[str]:
    """The words of slots that are patterns rather than phrases."""
    if slot in NAMING:
        return [str(one) for one in (value if isinstance(value, list | tuple) else [value])]
    words = None
    if slot == "duration":
        words = span_words(text)
    elif slot == "period":
        words = period_words(text) or weekday_words(text)
    return [words] if words else []

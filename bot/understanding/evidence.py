"""Why a message was read as it was: the words behind the intent and behind each slot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot.understanding.model import Evidence
from bot.understanding.reading import Reading
from bot.understanding.slots_duration import span_words
from bot.understanding.slots_time import period_words
from bot.understanding.weekdays import weekday_words

_TYPED: Final = ("numbers", "refs", "alert_id", "case_id")
_SLOT_WEIGHT: Final = 1.0


def reasons(intent: str, slots: Mapping[str, Any], reading: Reading) -> tuple[Evidence, ...]:
    """Return the words that spoke for the intent, strongest weight each, and the words of every slot."""
    found = _for_intent(intent, reading)
    for hit in reading.hits:
        for slot, _ in hit.entry.values:
            if slot in slots:
                found.setdefault((slot, hit.words), _SLOT_WEIGHT)
    for slot, value in slots.items():
        for words in _written(slot, value, reading.text):
            found.setdefault((slot, words), _SLOT_WEIGHT)
    return tuple(Evidence(target, words, weight) for (target, words), weight in found.items())


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
    if slot in _TYPED:
        return [str(one) for one in (value if isinstance(value, list | tuple) else [value])]
    words = None
    if slot == "duration":
        words = span_words(text)
    elif slot == "period":
        words = period_words(text) or weekday_words(text)
    return [words] if words else []

"""Whether a reading is sure enough to act on, and what else to offer where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CHANGING: Final = frozenset({"subscribe", "unsubscribe", "mute", "acknowledge", "set_language", "report_problem"})
"""What changes something: it needs more evidence than an answer."""
_CLOSED: Final = frozenset({"out_of_scope", "thanks", "greeting", "help"})
_WORTH: Final = 2.0
"""An intent with less evidence is not worth offering."""
_CLOSE: Final = 0.75
_MOST: Final = 3
_NEEDS: Final = 2.5
_CHANGE_NEEDS: Final = 4.0
_LEAD: Final = 0.5
_CHANGE_LEAD: Final = 1.0


def is_certain(intent: str, scores: Mapping[str, float]) -> bool:
    """Say whether an intent has enough evidence of its own, and enough more than any other."""
    top = scores.get(intent, 0.0)
    second = max((score for other, score in scores.items() if other != intent), default=0.0)
    if intent == "out_of_scope":
        return second < _WORTH
    if intent in CHANGING:
        return top >= _CHANGE_NEEDS and top - second >= _CHANGE_LEAD
    return intent in _CLOSED or (top >= _NEEDS and top - second >= _LEAD)


def runners_up(intent: str, scores: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return other intents worth offering, best first, with their scores."""
    top = scores.get(intent, 0.0)
    least = max(_WORTH, 0.0 if intent == "out_of_scope" else _CLOSE * top)
    others = [(name, score) for name, score in scores.items() if name != intent and score >= least]
    return sorted(((name, score) for name, score in others if name not in _CLOSED), key=lambda pair: -pair[1])[:_MOST]

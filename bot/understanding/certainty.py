"""Whether a reading is sure enough to act on, and what else to offer where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

CHANGING: Final = frozenset({"subscribe", "unsubscribe", "mute", "acknowledge", "set_language", "report_problem"})
"""What changes something: it needs more evidence than an answer."""
CLOSED: Final = frozenset({"out_of_scope", "thanks", "greeting", "help"})
"""What asks for nothing that would be done or looked up."""
_MOST: Final = 3
_WITHIN: Final = 3.0
"""What lies further behind the leading intent is not worth offering."""


class _Needs(NamedTuple):
    """The least that makes a reading certain."""

    score: float
    lead: float
    likely: float
    """What the learned opinion may take at most; measured on messages at first sight, this tells most of all."""


_CLEAR: Final = 4.2
"""Words that say so much need no consent of what was learned, where nothing is changed."""
_TO_ANSWER: Final = _Needs(score=2.5, lead=1.0, likely=-1.0)
_TO_CHANGE: Final = _Needs(score=4.0, lead=1.5, likely=-0.7)
_TO_REFUSE: Final = _Needs(score=0.0, lead=1.0, likely=-1.0)


def is_certain(intent: str, scores: Mapping[str, float], learned: float) -> bool:
    """Say whether an intent has enough evidence of its own, enough more than any other, and what was learned agrees."""
    if intent in CLOSED and intent != "out_of_scope":
        return True
    needs = _TO_CHANGE if intent in CHANGING else _TO_REFUSE if intent == "out_of_scope" else _TO_ANSWER
    top = scores.get(intent, 0.0)
    second = max((score for other, score in scores.items() if other != intent), default=0.0)
    agreed = learned >= needs.likely or (top >= _CLEAR and needs is _TO_ANSWER)
    return top >= needs.score and top - second >= needs.lead and agreed


def runners_up(intent: str, scores: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return other intents worth offering, best first, with their scores."""
    least = scores.get(intent, 0.0) - _WITHIN
    others = [(name, score) for name, score in scores.items() if name != intent and score > least]
    return sorted(((name, score) for name, score in others if name not in CLOSED), key=lambda pair: -pair[1])[:_MOST]

"""What understanding takes in and gives back: frozen values without behaviour of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from bot.understanding.numbers import FoundNumber


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the conversation, oldest first in a context."""

    role: Literal["user", "bot"]
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of the message that led to an intent or to a slot, and how much they weighed."""

    target: str
    words: str
    weight: float


@dataclass(frozen=True, slots=True)
class Score:
    """What speaks for one intent: the words by the rules, what was learned, and the turns before."""

    intent: str
    total: float
    rules: float
    learned: float
    earlier: float = 0.0


@dataclass(frozen=True, slots=True)
class Why:
    """Why a message was read as it was."""

    evidence: tuple[Evidence, ...] = ()
    """Words for the intent, for each slot, and for the intent that came next."""
    scores: tuple[Score, ...] = ()
    """The intent's score, then those of the ones that came next."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """What the message may mean instead, with the slots it would have then: enough to offer it as a choice."""

    intent: str
    score: float
    slots: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Understanding:
    """The reading of one message."""

    language: str
    intent: str
    slots: Mapping[str, Any]
    numbers: tuple[FoundNumber, ...] = ()
    reasons: Callable[[], Why] = field(default=Why, repr=False, compare=False)
    """Works out why, which is asked far less often than what."""
    digest: Callable[[], str] = field(default=str, repr=False, compare=False)
    """The same in one short line for the record: the intent's score and its strongest words, and what came next."""
    confidence: float = 0.0
    certain: bool = True
    """False where the words say too little, or nearly as much for something else: ask rather than act."""
    alternatives: tuple[Alternative, ...] = ()
    """Other readings worth offering, best first; only where the reading is not certain."""

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The words that led to the intent and to each slot."""
        return self.reasons().evidence

    def to_json(self, *, explain: bool = False) -> dict[str, Any]:
        """Return the line of the `understand` command; `explain` adds reasons and runners-up."""
        line: dict[str, Any] = {
            "language": self.language,
            "intent": self.intent,
            "slots": {name: list(v) if isinstance(v, tuple) else v for name, v in self.slots.items()},
            "numbers": [{"kind": n.kind, "value": n.value, "valid": n.valid} for n in self.numbers],
        }
        return line | self._explained() if explain else line

    def _explained(self) -> dict[str, Any]:
        why = self.reasons()
        return {
            "evidence": [{"target": e.target, "words": e.words, "weight": round(e.weight, 2)} for e in why.evidence],
            "scores": [{name: _short(value) for name, value in asdict(score).items()} for score in why.scores],
            "confidence": round(self.confidence, 3),
            "certain": self.certain,
            "alternatives": [{"intent": other.intent, "score": round(other.score, 2)} for other in self.alternatives],
        }


def _short(value: object) -> object:
    return round(value, 2) if isinstance(value, float) else value

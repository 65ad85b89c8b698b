"""What may come in through the door, and when it is knocked at. Imports nothing heavy: skills know only this file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, Protocol

from bot.understanding import Understanding

_BELOW: Final = frozenset({"ask_back", "out_of_scope"})
"""What a doubtful message becomes by itself: a question back, or a refusal."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A reading from outside, checked: an intent of ours, and slots our own finders read in the message's words."""

    intent: str
    slots: Mapping[str, Any]
    by: Literal["model", "translation"]
    translated: str = ""
    """The machine translation it was read from; whoever shows it says what it is."""


class Door(Protocol):
    """Asks outside; `bot.outside.door` has one."""

    async def propose(self, text: str, *, names: Sequence[str], now: datetime) -> Proposal | None:
        """A reading of the text, or None when there is none to be had; never raises, and never takes long.

        `names` are people and companies to keep from the service beside those the text shows by itself.
        """


def would_ask(understanding: Understanding) -> bool:
    """Whether a request lies below the evidence threshold: doubtful, or refused without one word that says why."""
    if understanding.intent not in _BELOW:
        return False
    return not understanding.certain or not any(e.target == understanding.intent for e in understanding.evidence)

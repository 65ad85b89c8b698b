"""One message, read on its own, before any earlier turn is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Final

from bot.understanding.contrast import meant
from bot.understanding.lexicon import Hit
from bot.understanding.masking import Masked, mask
from bot.understanding.numbers import is_linehaul_kind, is_parcel_kind
from bot.understanding.phrasebook import LEXICON
from bot.understanding.rules import Vote
from bot.understanding.weighing import Named, Weighed, weigh

_KEPT: Final = 1024
_SHORT_ENOUGH: Final = 200
_start = attrgetter("start")
_weigh_often = lru_cache(maxsize=_KEPT)(weigh)
"""Partners ask in the same few words all day: once numbers are covered, the same text is weighed once."""


def forget() -> None:
    """Forget the messages weighed before, so that the next one costs what a new one costs."""
    _weigh_often.cache_clear()


@dataclass(slots=True)
class Reading:
    """A message with its labels and the votes they cast."""

    masked: Masked
    text: str
    language: str | None
    hits: Sequence[Hit]
    present: int
    votes: Sequence[Vote]
    scores: dict[str, float]
    """What the rules make of the message."""
    judged: dict[str, float]
    """The same with the learned opinion."""
    earlier: dict[str, float]
    """What the turns before added to that."""
    parcels: list[str]
    """Parcel numbers of the text, as typed, each once."""
    wary: bool
    """Whether a change stands beside words that may turn it away."""
    linehauls: list[str]
    """Flights, trains, containers and air waybills of the text."""

    def has(self, label: str) -> bool:
        """Say whether any phrase with this label was found."""
        return bool(self.present & LEXICON.bit(label))


def read(message: str) -> Reading:
    """Read one message."""
    masked = mask(message)
    parcels = _unique(meant(masked.text, _values(masked, is_parcel_kind)))
    linehauls = _unique(_values(masked, is_linehaul_kind))
    named = Named(bool(parcels), bool(linehauls), bool(masked.alert_ids), bool(masked.case_ids))
    weighed = _weighed(masked, named)
    return Reading(
        masked=masked,
        text=weighed.text,
        language=weighed.language,
        hits=weighed.hits,
        present=weighed.present,
        votes=weighed.votes,
        scores=dict(weighed.scores),
        judged=dict(weighed.judged),
        earlier={},
        parcels=parcels,
        wary=weighed.wary,
        linehauls=linehauls,
    )


def _weighed(masked: Masked, named: Named) -> Weighed:
    if len(masked.text) > _SHORT_ENOUGH:
        return weigh(masked.plain, masked.text, named)
    return _weigh_often(masked.plain, masked.text, named)


def _values(masked: Masked, wanted: Callable[[str], bool]) -> list[str]:
    return [number.value for number in sorted(masked.numbers, key=_start) if wanted(number.kind)]


def _unique(values: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(values))

"""How strange a message sounds beside those people write about parcels: learned from its plain words and characters.

The labels of the vocabulary know nothing of words that are not in it; this looks at every word and every two or three
characters, wherever they stand. `bot.understanding.training` makes its weights.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from typing import Final
from zlib import crc32

from bot.understanding import resources

PLACES: Final = 16_384
"""What is looked at is counted in so many places; two things that share one are rare."""
STEPS: Final = 16
"""Weights are kept in whole sixteenths, one byte each."""
TABLE: Final = "strangeness.txt"
_MOST: Final = 4.0
_TRUST: Final = 1.5
"""Measured on messages at first sight: more refuses our own, less acts upon what is none of our business."""
_READ: Final = 300
"""Characters looked at: who goes on for longer has said what it is about."""
_RUN: Final = re.compile(r"[a-z']+|[\u3400-\u9fff]+|[\ue000-\ue004]")


def places(text: str) -> set[int]:
    """Return where the words of a folded text and its runs of characters are counted; 0 is every text's own."""
    return {0, *(crc32(piece.encode()) % PLACES for piece in _pieces(text[:_READ]))}


def _pieces(text: str) -> Iterator[str]:
    before = ""
    for match in _RUN.finditer(text):
        run = match[0]
        if "\u3400" <= run[0] <= "\u9fff":
            framed = f"^{run}$"
            yield from (framed[at : at + 2] for at in range(len(framed) - 1))
            yield from (run[at : at + 3] for at in range(len(run) - 2))
            before = ""
        else:
            yield run
            if before:
                yield f"{before} {run}"
            before = run


class Strangeness:
    """The learned weights: positive for what people write about when they do not write about parcels."""

    def __init__(self) -> None:
        self._weights = memoryview(b64decode(resources.text(TABLE))).cast("b")

    def of(self, text: str) -> float:
        """Return 0 for a message that sounds like one of ours, and up to 4 for one that does not."""
        weights = self._weights
        return min(_MOST, max(0.0, sum(weights[place] for place in places(text)) * _TRUST / STEPS))

"""A second opinion, learned from labelled messages: how well the labels of a message go with each intent.

The rules say what words vote for; the opinion says which labels really stand together when people want something.
It turns close and missing votes, and never brings about a change by itself. `bot.understanding.training` makes its
table.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from bot.understanding import resources

STEPS: Final = 8
"""Weights are kept in whole eighths."""
MOST: Final = 127
"""No weight lies further from 0, in steps."""
ALONE: Final = ""
"""Second label of a row that tells something by its first alone; a row without a first tells it of any message."""
_FIELD: Final = 3
_OFFSET: Final = 128
"""Makes every weight positive, so that whole rows can be added as one large number."""
_LEAST: Final = -2.0
"""How much the opinion may take from an intent: as much as close rules differ, never what clear words say."""


class _Partners(NamedTuple):
    """The labels that tell something beside one label: as a mask, and where their rows begin."""

    mask: int
    first_row: int


class Opinion:
    """The learned table: for every label and pair of labels that tells something, a weight for each intent."""

    def __init__(self, bit: Callable[[str], int]) -> None:
        lines = csv.reader(resources.text("opinion.csv").splitlines())
        self.intents: Final = tuple(next(lines)[2:])
        self._width = _FIELD * len(self.intents)
        self._any = 0
        self._partners: dict[int, _Partners] = {}
        masks: dict[int, dict[int, bytes]] = {}
        packed = {str(weight): (weight + _OFFSET).to_bytes(_FIELD, "little") for weight in range(-MOST, MOST + 1)}
        for first, second, *weights in lines:
            row = b"".join(map(packed.__getitem__, weights))
            if first == ALONE:
                self._any = int.from_bytes(row, "little")
            else:
                masks.setdefault(bit(first), {})[bit(second or first)] = row
        rows = bytearray()
        for own, by_second in masks.items():
            self._partners[own] = _Partners(sum(by_second), len(rows) // self._width)
            rows += b"".join(by_second[other] for other in sorted(by_second))
        self._rows = bytes(rows)

    def of(self, present: int) -> dict[str, float]:
        """Return how likely each intent is: a natural logarithm, at most 0."""
        total, count = self._any, 1
        for row in self._telling(present):
            total += int.from_bytes(self._rows[row * self._width : (row + 1) * self._width], "little")
            count += 1
        sums = total.to_bytes(self._width + 1, "little")
        raw = [
            (int.from_bytes(sums[at : at + _FIELD], "little") - count * _OFFSET) / STEPS
            for at in range(0, self._width, _FIELD)
        ]
        top = max(raw)
        whole = top + math.log(sum(math.exp(value - top) for value in raw))
        return {intent: max(_LEAST, value - whole) for intent, value in zip(self.intents, raw, strict=True)}

    def _telling(self, present: int) -> Iterator[int]:
        """The rows whose labels are all present."""
        rest = present
        while rest:
            own = rest & -rest
            rest ^= own
            partners = self._partners.get(own)
            if partners is None:
                continue
            held = present & partners.mask
            while held:
                other = held & -held
                held ^= other
                yield partners.first_row + (partners.mask & (other - 1)).bit_count()

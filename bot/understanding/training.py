"""Learns from labelled messages what the rules cannot know: `python -m bot.understanding.training FILE...`.

The files hold a JSON object a line with `text` and `intent`, as tests/understanding/data does. What a follow-up wants
is not in its own words, so it only teaches what ours sound like. The outcome is data/opinion.csv and
data/strangeness.txt; the same files always give the same tables.
"""

from __future__ import annotations

import csv
import json
import math
import random
import sys
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from textwrap import wrap
from typing import Final

from bot.understanding.opinion import ALONE, MOST, STEPS
from bot.understanding.phrasebook import LEXICON
from bot.understanding.reading import read
from bot.understanding.strangeness import PLACES, TABLE, places
from bot.understanding.strangeness import STEPS as WORD_STEPS

_DATA: Final = Path(__file__).parent / "data"
LEARNED_FROM: Final = _DATA / "learned_from.txt"
_ROUNDS: Final = 12
_ROUNDS_OF_WORDS: Final = 8
_RATE: Final = 0.3
_SEEN_OFTEN: Final = 3
_QUIET: Final = frozenset({"filler"})
_SEED: Final = 1
_SETTLED: Final = 1e-4
_NEAR_ENOUGH: Final = 1e-2
_FAR: Final = 30.0
_LINE: Final = 120
_SAYS_NOTHING: Final = 2
"""A row whose weights are all smaller than this, in steps, is left out."""

Feature = tuple[str, str]


def features(text: str) -> list[Feature]:
    """Return the labels of a message, alone and in pairs."""
    present = read(text).present
    held = sorted(label for label in LEXICON.labels if present & LEXICON.bit(label) and label not in _QUIET)
    return [(ALONE, ALONE), *((label, ALONE) for label in held), *combinations(held, 2)]


class Learner:
    """Logistic regression, one weight for each feature and intent, taught message by message."""

    def __init__(self, samples: Sequence[tuple[list[Feature], str]]) -> None:
        counts = Counter(feature for held, _ in samples for feature in held)
        self.intents = sorted({intent for _, intent in samples})
        self.weights = {feature: [0.0] * len(self.intents) for feature, n in counts.items() if n >= _SEEN_OFTEN}
        self._effort = dict.fromkeys(self.weights, 1e-2)
        self._samples = [([f for f in held if f in self.weights], self.intents.index(i)) for held, i in samples]

    def learn(self) -> None:
        """Go through all samples several times, in an order that is the same every time."""
        order = random.Random(_SEED)  # noqa: S311 - no secret: the same order every time
        for _ in range(_ROUNDS):
            order.shuffle(self._samples)
            for held, intent in self._samples:
                self._step(held, intent)

    def _step(self, held: Iterable[Feature], intent: int) -> None:
        error = self._likelihoods(held)
        error[intent] -= 1.0
        size = sum(value * value for value in error)
        if size < _SETTLED:
            return
        for feature in held:
            self._effort[feature] += size
            rate = _RATE / math.sqrt(self._effort[feature])
            self.weights[feature] = [w - rate * e for w, e in zip(self.weights[feature], error, strict=True)]

    def _likelihoods(self, held: Iterable[Feature]) -> list[float]:
        sums = [sum(column) for column in zip(*(self.weights[feature] for feature in held), strict=True)]
        top = max(sums)
        grown = [math.exp(value - top) for value in sums]
        whole = sum(grown)
        return [value / whole for value in grown]


class Stranger:
    """The same for one question, asked of plain words: is this about something else?"""

    def __init__(self, samples: Sequence[tuple[set[int], bool]]) -> None:
        self._samples = [(sorted(held), strange) for held, strange in samples]
        self.weights = [0.0] * PLACES
        self._effort = [1e-2] * PLACES

    def learn(self) -> None:
        """Go through all samples several times, in an order that is the same every time."""
        order = random.Random(_SEED)  # noqa: S311 - no secret: the same order every time
        for _ in range(_ROUNDS_OF_WORDS):
            order.shuffle(self._samples)
            for held, strange in self._samples:
                total = max(-_FAR, min(_FAR, sum(self.weights[place] for place in held)))
                self._step(held, 1 / (1 + math.exp(-total)) - strange)

    def _step(self, held: Iterable[int], error: float) -> None:
        if abs(error) < _NEAR_ENOUGH:
            return
        for place in held:
            self._effort[place] += error * error
            self.weights[place] -= _RATE * error / math.sqrt(self._effort[place])

    def table(self) -> str:
        """Return the weights as the data file holds them."""
        steps = (max(-MOST, min(MOST, round(weight * WORD_STEPS))) for weight in self.weights)
        return "\n".join(wrap(b64encode(bytes(step % 256 for step in steps)).decode(), _LINE)) + "\n"


def rows(learner: Learner) -> Iterable[list[str | int]]:
    """Return the table: its head, then a row for every feature that tells something."""
    yield ["label", "beside", *learner.intents]
    for feature, weights in sorted(learner.weights.items()):
        steps = [max(-MOST, min(MOST, round(weight * STEPS))) for weight in weights]
        if max(map(abs, steps)) >= _SAYS_NOTHING:
            yield [*feature, *steps]


def fingerprint(names: Iterable[str | Path]) -> str:
    """Return what tells whether the tables were learned from files as they are now."""
    return sha256(b"".join(Path(name).read_bytes() for name in names)).hexdigest()


def main(names: Sequence[str]) -> None:
    """Learn from files and write the tables."""
    lines = [line for name in names for line in Path(name).read_text(encoding="utf-8").splitlines() if line.strip()]
    items = [json.loads(line) for line in lines]
    LEARNED_FROM.write_text(fingerprint(names) + "\n", encoding="ascii")
    whole = [item for item in items if not item.get("needs_context")]
    learner = Learner([(features(item["text"]), item["intent"]) for item in whole])
    learner.learn()
    with (_DATA / "opinion.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows(learner))
    stranger = Stranger([(places(read(item["text"]).text), item["intent"] == "out_of_scope") for item in items])
    stranger.learn()
    (_DATA / TABLE).write_text(stranger.table(), encoding="ascii")


if __name__ == "__main__":
    main(sys.argv[1:])

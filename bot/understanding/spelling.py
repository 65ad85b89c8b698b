"""Misspelt English words: the vocabulary word that one slip away explains them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from bot.understanding import resources

_SHORTEST = 5
_LONG = 8
_LONGEST = 20
_KEPT = 4096
_ENDINGS = ("'s", "ies", "es", "s", "ing", "ed", "ly", "d")


class Speller:
    """Maps a word to the vocabulary word meant by it, or to itself."""

    def __init__(self, vocabulary: set[str], data: dict[str, Any]) -> None:
        self._slips: dict[str, str] = dict(data["slips"])
        self._vocabulary = vocabulary
        self._left_alone = set(" ".join(resources.phrases(data["left_alone"]["words"])).split())
        self._stems: dict[str, str] = {}
        self._shortened: dict[str, str] = {}  # the words apart by blanks: nearly always one, and lists take much memory
        for word in sorted(vocabulary):
            if not word.isalpha() or not word.isascii():
                continue
            self._stems.setdefault(_stem(word), word)
            if len(word) >= _SHORTEST - 1:
                for short in _without_one(word):
                    others = self._shortened.get(short)
                    self._shortened[short] = f"{others} {word}" if others else word
        self.correct = lru_cache(maxsize=_KEPT)(self._correct)
        """Return the known word one stands for: itself, its stem, or its one-slip neighbour."""

    def _correct(self, word: str) -> str:
        if word in self._vocabulary or word in self._left_alone:
            return self._slips.get(word, word)
        slip = self._slips.get(word)
        if slip is not None:
            return slip
        if not word.isalpha() or len(word) > _LONGEST:
            return word
        stem = self._stems.get(_stem(word))
        if stem is not None:
            return stem
        return self._nearest(word) if len(word) >= _SHORTEST - 1 else word

    def _nearest(self, word: str) -> str:
        allowed = 2 if len(word) >= _LONG else 1
        best, best_distance = word, allowed + 1
        for short in _without_one(word):
            for candidate in self._shortened.get(short, "").split():
                distance = _distance(word, candidate, best_distance + 1)
                if distance < best_distance or (distance == best_distance and candidate < best):
                    if len(candidate) < _SHORTEST and distance and candidate[0] != word[0]:
                        continue
                    best, best_distance = candidate, distance
        return best if best_distance <= allowed else word


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)] + ("y" if ending == "ies" else "")
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "ls":
        word = word[:-1]
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def _without_one(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))} | {word}


def _distance(left: str, right: str, limit: int) -> int:
    """Edit distance with swaps of neighbours, or `limit` when it is at least that."""
    if abs(len(left) - len(right)) >= limit:
        return limit
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) >= limit:
            return limit
    return min(row[-1], limit)

"""Chinese runs cut into phrases of the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.understanding.homophones import Homophones
from bot.understanding.vocabulary import Entry

_UNKNOWN_COST: Final = 2.6
_SLIP_COST: Final = 1.9


class ChinesePhrases:
    """Cuts a run so that least is left unknown and the pieces are few; of equals the one with the longer start."""

    def __init__(self, entries: Mapping[str, Entry], telling: int, strange: int) -> None:
        self._entries = entries
        self._homophones = Homophones(entries, telling, strange)
        by_first: dict[str, set[int]] = {}
        for phrase in entries:
            by_first.setdefault(phrase[0], set()).add(len(phrase))
        self._sizes = {first: tuple(sorted(sizes, reverse=True)) for first, sizes in by_first.items()}

    def cut(self, text: str) -> list[tuple[int, int, Entry | None]]:
        """Return start, size and meaning of the pieces, one unknown character at a time."""
        steps = self._steps(text)
        pieces: list[tuple[int, int, Entry | None]] = []
        index = 0
        while index < len(text):
            size, entry = steps[index]
            pieces.append((index, size, entry))
            index += size
        return pieces

    def _steps(self, text: str) -> list[tuple[int, Entry | None]]:
        end = len(text)
        heard = self._homophones.heard(text)
        costs = [0.0] * (end + 1)
        steps: list[tuple[int, Entry | None]] = [(1, None)] * end
        for index in range(end - 1, -1, -1):
            best, step = _UNKNOWN_COST + costs[index + 1], steps[index]
            for size in self._sizes.get(text[index], ()):
                entry = self._entries.get(text[index : index + size]) if index + size <= end else None
                if entry is not None and 1.0 + costs[index + size] < best:
                    best, step = 1.0 + costs[index + size], (size, entry)
            slip = self._homophones.at(text, heard, index)
            if slip is not None and _SLIP_COST + costs[index + slip[0]] < best:
                best, step = _SLIP_COST + costs[index + slip[0]], slip
            costs[index], steps[index] = best, step
        return steps

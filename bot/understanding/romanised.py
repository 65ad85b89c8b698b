"""Mandarin typed in pinyin: syllables become the words of the vocabulary they spell."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import product
from typing import Final

from bot.understanding import resources, sounds

_WORD: Final = re.compile(r"[a-z]+")
_MOST_READINGS: Final = 8
_LONGEST: Final = 8


class Romanised:
    """Knows how the vocabulary is spelt, and which letters are English words first."""

    def __init__(self, phrases: Iterable[str], english: Collection[str]) -> None:
        self._spelt: dict[tuple[str, ...], str] = {}
        data = resources.table("pinyin.toml")
        for characters, spellings in data["phrases"].items():
            for spelling in resources.phrases(spellings):
                self._spelt.setdefault(tuple(spelling.split()), characters)
        for phrase in phrases:
            for key in _keys(phrase):
                self._spelt.setdefault(key, phrase)
        self._english = set(english) | set(" ".join(resources.phrases(data["english"]["words"])).split())
        self._chinese = set(" ".join(resources.phrases(data["syllables"]["words"])).split())

    def to_characters(self, text: str) -> tuple[str, bool]:
        """Return the text with pinyin replaced, and whether there was any."""
        pieces: list[str] = []
        at = 0
        run: list[tuple[int, int, tuple[str, ...]]] = []
        for match in _WORD.finditer(text):
            cut = self._cut(match[0])
            if run and (cut is None or text[run[-1][1] : match.start()].strip(" ")):
                at = self._replace(text, run, pieces, at)
                run = []
            if cut is not None:
                run.append((match.start(), match.end(), cut))
        if run:
            at = self._replace(text, run, pieces, at)
        if not pieces:
            return text, False
        pieces.append(text[at:])
        return "".join(pieces), True

    def _cut(self, word: str) -> tuple[str, ...] | None:
        cut = sounds.syllables(word)
        if cut is None or (len(cut) > 1 and word in self._english):
            return None
        return cut

    def _replace(
        self, text: str, run: list[tuple[int, int, tuple[str, ...]]], pieces: list[str], at: int
    ) -> int:
        words = [text[start:end] for start, end, _ in run]
        foreign = sum(word in self._english and word not in self._chinese for word in words)
        if foreign * 2 >= len(words):
            return at
        characters, found = self._read([syllable for _, _, cut in run for syllable in cut])
        if not found:
            return at
        pieces += (text[at : run[0][0]], characters)
        return run[-1][1]

    def _read(self, syllables: list[str]) -> tuple[str, bool]:
        out: list[str] = []
        found = False
        index = 0
        while index < len(syllables):
            for size in range(min(_LONGEST, len(syllables) - index), 1, -1):
                phrase = self._spelt.get(tuple(syllables[index : index + size]))
                if phrase is not None:
                    out.append(phrase)
                    found = True
                    break
            else:
                size = 1
                out.append(sounds.CHARACTERS[syllables[index]][0])
            index += size
        return "".join(out), found


def _keys(phrase: str) -> Iterable[tuple[str, ...]]:
    """The ways a phrase is spelt; a rare character or too many readings leave it out."""
    readings = [sounds.READINGS.get(character, ()) for character in phrase]
    count = 1
    for options in readings:
        count *= len(options)
    return product(*readings) if 0 < count <= _MOST_READINGS and len(phrase) > 1 else ()

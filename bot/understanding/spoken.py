"""Spoken Mandarin and written Cantonese in the form that the vocabulary is kept in: 啥 is 什么, 喺邊 is 在哪."""

from __future__ import annotations

import re
from typing import Final

from bot.understanding import resources
from bot.understanding.folding import fold


class _Wording:
    """Words of one way of speaking and what stands for them, replaced in one pass, the longest first."""

    def __init__(self, table: str) -> None:
        self._written = {fold(a): fold(b) for a, b in resources.table(table)["words"].items()}
        self._pattern = re.compile("|".join(sorted(map(re.escape, self._written), key=len, reverse=True)))

    def __call__(self, text: str) -> str:
        return self._pattern.sub(lambda match: self._written[match[0]], text)


written: Final = _Wording("colloquial.toml")
"""Return folded text with spoken Mandarin in its written form."""

from_cantonese: Final = _Wording("cantonese.toml")
"""Return folded text with written Cantonese and Taiwan wording in Mandarin."""


class _Switched:
    """English words within a Chinese sentence, put into Chinese with the blanks around them gone."""

    _RUN: Final = re.compile(r"(?<![a-z0-9'])[a-z]+(?:[ -][a-z']+)*(?![a-z0-9'])")

    def __init__(self, table: str) -> None:
        self._words: dict[str, str] = resources.table(table)["words"]

    def __call__(self, text: str) -> str:
        pieces: list[str] = []
        at = 0
        for run in self._RUN.finditer(text):
            meant = self._words.get(run[0]) or self._each(run[0])
            before, after = text[at : run.start()].rstrip(" "), text[run.end() :].lstrip(" ")
            if meant is None or not (_is_chinese(before[-1:]) or _is_chinese(after[:1])):
                continue
            pieces += (before, meant)
            at = len(text) - len(after)
        return "".join([*pieces, text[at:]])

    def _each(self, run: str) -> str | None:
        words = [self._words.get(word) for word in run.split(" ")]
        return "".join(word for word in words if word) if all(words) else None


def _is_chinese(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


in_chinese: Final = _Switched("switched.toml")
"""Return folded text of both languages with the English words that stand alone among Chinese in Chinese."""

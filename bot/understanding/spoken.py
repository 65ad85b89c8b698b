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

"""Which language a message is written in: en, zh-Hans, zh-Hant or mixed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.understanding import resources
from bot.understanding.folding import TRADITIONAL

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[a-z]{2,}[0-9]{0,2}|[a-z]+")
_DATA = resources.table("language.toml")
_NEUTRAL = frozenset(" ".join(resources.phrases(_DATA["neutral"]["words"])).split())
_CANTONESE = frozenset(_DATA["cantonese"]["characters"])
_SIMPLE_TOO = frozenset(_DATA["cantonese"]["also_simplified"])


def detect(plain: str, folded: str, *, romanised: bool) -> str | None:
    """Return the language of a text whose identifiers are covered, or None when it holds no words."""
    chinese = _CHINESE.findall(plain)
    words = [word for word in _WORD.findall(folded) if len(word) > 1 and word not in _NEUTRAL]
    if not chinese:
        if romanised:
            return "zh-Hans"
        return "en" if words or _WORD.search(folded) else None
    if words:
        return "mixed"
    traditional = any(
        (c in TRADITIONAL and c not in _SIMPLE_TOO) or c in _CANTONESE for c in chinese
    )
    return "zh-Hant" if traditional else "zh-Hans"


def latest(texts: Sequence[str]) -> str:
    """Guess from the scripts of earlier texts, newest last; English when there is nothing to go by."""
    for text in reversed(texts):
        if _CHINESE.search(text):
            return "zh-Hant" if any(c in TRADITIONAL and c not in _SIMPLE_TOO for c in text) else "zh-Hans"
        if re.search(r"[A-Za-z]{3,}(?![0-9])", text):
            return "en"
    return "en"

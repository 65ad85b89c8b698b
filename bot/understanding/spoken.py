"""Spoken Mandarin in the written form that the vocabulary is kept in: 啥 is 什么, 咋 is 怎么."""

from __future__ import annotations

import re
from typing import Final

from bot.understanding import resources
from bot.understanding.folding import fold

_WRITTEN: Final[dict[str, str]] = {
    fold(spoken): fold(written) for spoken, written in resources.table("colloquial.toml")["words"].items()
}
_SPOKEN: Final = re.compile("|".join(sorted(map(re.escape, _WRITTEN), key=len, reverse=True)))


def written(text: str) -> str:
    """Return folded text with spoken words in their written form."""
    return _SPOKEN.sub(lambda match: _WRITTEN[match[0]], text)

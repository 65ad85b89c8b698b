"""The vocabulary of every language, compiled once from the data files."""

from __future__ import annotations

from typing import Final

from bot.understanding import resources
from bot.understanding.lexicon import Lexicon

_TABLES = (
    "concepts.en.toml", "concepts.zh.toml", "slots.en.toml", "slots.zh.toml", "countries.en.toml",
    "countries.zh.toml", "emoji.toml", "outside.en.toml", "outside.zh.toml", "everyday.en.toml", "everyday.zh.toml",
)  # fmt: skip
LEXICON: Final = Lexicon(
    (resources.table(name) for name in _TABLES),
    spelling=resources.table("spelling.en.toml"),
)


def either(*labels: str) -> int:
    """Return the mask of several labels."""
    return sum({LEXICON.bit(label) for label in labels})

"""How Chinese characters sound, and how a run of letters falls into syllables."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from bot.understanding import resources
from bot.understanding.folding import fold

_LONGEST_SYLLABLE: Final = 6
_LONGEST_WORD: Final = 40
_ALIKE: Final = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ing", "in"), ("eng", "en"))

CHARACTERS: Final[dict[str, str]] = resources.table("sounds.zh.toml")["sounds"]
"""Syllable to the characters read so, the commonest first."""


def _readings() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for syllable, characters in CHARACTERS.items():
        for character in fold(characters):
            found.setdefault(character, []).append(syllable)
    return {character: tuple(syllables) for character, syllables in found.items()}


READINGS: Final = _readings()
"""Character to its readings."""


def rough(character: str) -> str:
    """Return the first reading without the differences that southern speakers do not hear."""
    sound = READINGS.get(character, (character,))[0]
    for exact, loose in _ALIKE:
        sound = sound.replace(exact, loose)
    return sound


@lru_cache(maxsize=4096)
def syllables(word: str) -> tuple[str, ...] | None:
    """Cut letters into syllables, long ones first; None when they do not come out even."""
    if len(word) > _LONGEST_WORD:
        return None
    rest: list[tuple[str, ...] | None] = [None] * len(word) + [()]
    for start in range(len(word) - 1, -1, -1):
        for size in range(min(_LONGEST_SYLLABLE, len(word) - start), 0, -1):
            tail = rest[start + size]
            if tail is not None and word[start : start + size] in CHARACTERS:
                rest[start] = (word[start : start + size], *tail)
                break
    return rest[0]

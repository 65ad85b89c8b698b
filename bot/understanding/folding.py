"""One character in, one character out: lower case, no accents, half width, simplified Chinese."""

from __future__ import annotations

import unicodedata

import opencc

_CJK_FIRST, _CJK_LAST = 0x3400, 0x9FFF
_LATIN_FIRST, _LATIN_LAST = 0x41, 0x24F
_QUOTES = {0x2018: "'", 0x2019: "'", 0x02BC: "'", 0x60: "'", 0xB4: "'"}


def _simplified() -> dict[int, str]:
    """Ask OpenCC once for every character; one a line, so that no phrase rule applies."""
    characters = [chr(code) for code in range(_CJK_FIRST, _CJK_LAST + 1)]
    converted = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    pairs = zip(characters, converted, strict=True)
    return {ord(a): b for a, b in pairs if a != b and len(b) == 1}


def _latin() -> dict[int, str]:
    table: dict[int, str] = {}
    for code in range(_LATIN_FIRST, _LATIN_LAST + 1):
        base = unicodedata.normalize("NFKD", chr(code))[0].lower()
        if len(base) == 1 and base != chr(code) and base.isascii():
            table[code] = base
    return table


def _full_width() -> dict[int, str]:
    return {code: chr(code - 0xFEE0).lower() for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}


TRADITIONAL: frozenset[str] = frozenset(chr(code) for code in _simplified())
"""Characters that are written differently in simplified Chinese."""

_TABLE: dict[int, str] = _simplified() | _latin() | _full_width() | _QUOTES


def fold(text: str) -> str:
    """Return the text of the same length in the one spelling that data files are matched in."""
    return text.translate(_TABLE)

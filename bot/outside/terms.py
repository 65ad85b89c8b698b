"""The glossary in translation: one term, one translation, whatever the service would have made of it."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from bot.outside.hiding import Hidden, Span
from bot.understanding.masking import mask
from bot.wording.catalogs import locales_folder, word_list

_LETTER: Final = "G"
_ASIDE: Final = re.compile(r"\s*\([^)]*\)|\s*/.*")
_SHORTEST: Final = 2
"""One character is a term here and part of a word there."""


def term_spans(message: str) -> list[Span]:
    """Where the normalised message uses a Chinese term of the glossary, longer terms first."""
    return [Span(*hit.span(), _LETTER) for hit in _pattern().finditer(mask(message).normalised)]


def in_english(hidden: Hidden) -> Mapping[str, str]:
    """What each placeholder of a term stands for in English."""
    return {sign: f" {_terms()[term]} " for sign, term in hidden.stands_for.items() if sign[1] == _LETTER}


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(_terms(), key=len, reverse=True))))


@cache
def _terms() -> Mapping[str, str]:
    rows = word_list(locales_folder(), "glossary.csv")
    return {term: _ASIDE.sub("", row["term_en"]) for row in rows for term in _spellings(row)}


def _spellings(row: Mapping[str, str]) -> Iterator[str]:
    for column in ("term_zh_hans", "term_zh_hant"):
        yield from (term for term in row[column].split("|") if len(term) >= _SHORTEST)

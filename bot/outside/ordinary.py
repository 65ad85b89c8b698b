"""Words written with a capital that name nobody: of the trade, of the calendar, of the countries we deliver to."""

import re
from functools import cache
from importlib import resources

from bot.wording.catalogs import locales_folder, word_list


def is_ordinary(word: str) -> bool:
    """Whether a word written large is one of ours."""
    return word.lower() in _words()


@cache
def _words() -> frozenset[str]:
    terms = [row["term_en"] for row in word_list(locales_folder(), "glossary.csv")]
    more = resources.files("bot.outside").joinpath("data", "ordinary.txt").read_text(encoding="utf-8").split()
    return frozenset(more) | {word.lower() for term in terms for word in re.findall(r"[A-Za-z]{3,}", term)}

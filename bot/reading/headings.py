"""What the heading of a column says about the numbers below it."""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

RANKS: Final = {"parcel": 3, "last_mile": 2, "order": 1, "other": -1}
LONGEST: Final = 40
_SIGNS = re.compile(r"[\s_\-.:：*#/()（）\[\]【】'\"]+")


def rank_of(heading: str) -> int | None:
    """How much a heading speaks for parcel numbers below it; None for a text that is no heading we know."""
    return _ranks().get(_folded(heading)) if 0 < len(heading) <= LONGEST else None


@cache
def _ranks() -> dict[str, int]:
    table = tomllib.loads((Path(__file__).parent / "data" / "headings.toml").read_text(encoding="utf-8"))
    return {_folded(word): RANKS[kind] for kind, words in table.items() for word in words}


def _folded(text: str) -> str:
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text)).casefold()

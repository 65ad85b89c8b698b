"""Words of a message that say which list is wanted, and names in it: Latin words whole, Chinese ones anywhere."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path

from bot.understanding.folding import fold

_NOTHING = re.compile(r"(?!)")
_CALLED_A_NUMBER = re.compile(
    r"(?:(?<!订)单号|运单号?|快递号|追踪号|(?<![a-z])(?:tracking|parcel|shipment) ?(?:number|no\.?|nr\.?|id))"
    r"\s*(?:is|是|[:：#])?\s*((?!\d{4}-\d\d?-)(?=[a-z-]*\d)[a-z0-9-]{4,40})(?![a-z0-9])"
)


def says(text: str, kind: str) -> bool:
    """Whether a message uses a word of a kind of `data/lists.toml`."""
    return _patterns()[kind].search(fold(text)) is not None


def names(text: str, name: str) -> bool:
    """Whether a message names something: by the whole name, or by its Chinese or its Latin part."""
    pattern = _named(name)
    return pattern is not _NOTHING and pattern.search(fold(text)) is not None


def renamed(text: str, all_names: Iterable[str], *, to: str | None = None) -> str:
    """The message with those names replaced by a customer's name that understanding knows, in their own script."""
    found = text
    for name in all_names:
        if names(found, name):
            found = _named(name).sub(lambda hit: _known(hit[0]) if to is None else to, fold(found))
    return found


def _known(name: str) -> str:
    return "cainiao" if name.isascii() else "菜鸟"


def unreadable(text: str) -> str:
    """What a message calls a number though it has the shape of none of ours; empty where it calls nothing so."""
    found = _CALLED_A_NUMBER.search(fold(text))
    return found[1].upper() if found is not None else ""


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    data = tomllib.loads((Path(__file__).parent / "data" / "lists.toml").read_text(encoding="utf-8"))
    return {kind: _any_of(words) for kind, words in data.items()}


@lru_cache(maxsize=256)
def _named(name: str) -> re.Pattern[str]:
    folded = fold(name)
    han = [part for part in re.findall(r"[\u3400-\u9fff]+", folded) if len(part) > 1]
    latin = [part.strip() for part in re.findall(r"[a-z0-9][a-z0-9 &.'_-]*", folded) if len(part.strip()) > 2]
    return _any_of([*han, *latin])


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    pieces = [
        rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])" if word.isascii() else re.escape(word)
        for word in map(fold, words) if word
    ]
    return re.compile("|".join(pieces)) if pieces else _NOTHING

"""Places as sources write them, to the code our catalogs name them by."""

import csv
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

_ALIASES = Path(__file__).with_name("data") / "place_aliases.csv"
_APART = re.compile(r"[\s,，、/()（）-]+")


@lru_cache(maxsize=8192)
def place_code(text: str) -> str | None:
    """`LGG` for LGG, BELGGA, "Liège, BE", 列日; None where we know no name."""
    return _codes().get(_folded(text))


@cache
def _codes() -> Mapping[str, str]:
    codes: dict[str, str] = {}
    with _ALIASES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for name in (row["code"], *row["aliases"].split("|")):
                codes[_folded(name)] = row["code"]
    return codes


def _folded(text: str) -> str:
    return _APART.sub(" ", text).strip().upper()

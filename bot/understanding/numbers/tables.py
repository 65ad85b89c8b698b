"""The packaged tables behind the numbers, read once."""

import csv
import tomllib
from importlib import resources
from typing import Any

_DATA = resources.files("bot.understanding") / "data"


def read_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a packaged CSV table."""
    text = (_DATA / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def read_column(name: str, column: str) -> tuple[str, ...]:
    """Return one column of a packaged CSV table."""
    return tuple(row[column] for row in read_rows(name))


def read_toml(name: str) -> dict[str, Any]:
    """Return a packaged TOML table."""
    return tomllib.loads((_DATA / name).read_text(encoding="utf-8"))

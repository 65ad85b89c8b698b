"""The packaged data files, read once."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import Any

_SEPARATOR = re.compile(r"[,\n]")


def table(name: str) -> dict[str, Any]:
    """Return a data file as the dictionary TOML makes of it."""
    return tomllib.loads(text(name))


def text(name: str) -> str:
    """Return a data file as it is."""
    return resources.files("bot.understanding").joinpath("data", name).read_text(encoding="utf-8")


def phrases(block: str) -> list[str]:
    """Split a block of phrases, separated by commas or line ends."""
    return [part for raw in _SEPARATOR.split(block) if (part := raw.strip())]

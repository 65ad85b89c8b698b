"""Phrases as the data files hold them: each with its labels and the slot values it stands for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.understanding import resources
from bot.understanding.folding import fold

_INHERITING: Final = frozenset({"topic", "record", "field", "edit", "tamper", "refers"})
"""Labels that only name a subject: a phrase that has no others also means what its parts mean."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one phrase stands for: a set of labels, and values of slots."""

    bits: int
    labels: tuple[str, ...]
    values: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Meaning:
    """What has been gathered about one phrase."""

    labels: list[str] = field(default_factory=list)
    values: list[tuple[str, str]] = field(default_factory=list)


def gather(tables: Iterable[dict[str, Any]]) -> dict[str, Meaning]:
    """Return every folded phrase of the tables with its meaning."""
    gathered: dict[str, Meaning] = {}
    for table in tables:
        for label, slot, value, phrase in _rows(table):
            meaning = gathered.setdefault(fold(phrase), Meaning())
            if label not in meaning.labels:
                meaning.labels.append(label)
            if slot:
                meaning.values.append((slot, value))
    for phrase, meaning in gathered.items():
        if _INHERITING.issuperset(meaning.labels):
            meaning.labels += _inherited(phrase, gathered)
    return gathered


def _rows(table: dict[str, Any]) -> Iterable[tuple[str, str, str, str]]:
    for label, block in table.get("concepts", {}).items():
        for phrase in resources.phrases(block):
            yield label, "", "", phrase
    for slot, values in table.get("slots", {}).items():
        for value, block in values.items():
            for phrase in resources.phrases(block):
                yield slot, slot, value, phrase


def _inherited(phrase: str, gathered: Mapping[str, Meaning]) -> list[str]:
    joint = " " if phrase[0].isascii() else ""
    parts: Sequence[str] = phrase.split(" ") if joint else phrase
    found: dict[str, None] = {}
    for size in range(1 if joint else 2, len(parts)):
        for start in range(len(parts) - size + 1):
            part = gathered.get(joint.join(parts[start : start + size]))
            if part is not None:
                found |= dict.fromkeys(label for label in part.labels if label != "filler")
    return [label for label in found if label not in _INHERITING]

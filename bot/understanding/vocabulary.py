"""Phrases as the data files hold them: each with its labels and the slot values it stands for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.understanding import resources
from bot.understanding.folding import fold
from bot.understanding.spoken import written

_INHERITING: Final = frozenset({"topic", "record", "field", "edit", "tamper", "refers"})
"""Labels that only name a subject: a phrase that has no others also means what its parts mean."""


_PLACES: Final = frozenset({"hub", "country", "language", "topic"})


_STRUCTURAL: Final = frozenset({"customer", "if_", "record", "address_word"})
"""Labels a longer phrase keeps from the words it is made of, whatever else it means."""


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
            meaning = gathered.setdefault(written(fold(phrase)), Meaning())
            if label not in meaning.labels:
                meaning.labels.append(label)
            if slot and (slot, value) not in meaning.values:
                meaning.values.append((slot, value))
    for phrase, meaning in gathered.items():
        parts = [gathered[part] for part in _parts(phrase) if part in gathered]
        if _INHERITING.issuperset(meaning.labels):
            meaning.labels += _inherited(meaning.labels, parts)
        _name_places(meaning, parts)
        within = dict.fromkeys(label for part in parts for label in part.labels if label in _STRUCTURAL)
        meaning.labels += [label for label in within if label not in meaning.labels]
    return gathered


def _rows(table: dict[str, Any]) -> Iterable[tuple[str, str, str, str]]:
    for label, block in table.get("concepts", {}).items():
        for phrase in resources.phrases(block):
            yield label, "", "", phrase
    for slot, values in table.get("slots", {}).items():
        for value, block in values.items():
            for phrase in resources.phrases(block):
                yield slot, slot, value, phrase


def _parts(phrase: str) -> Iterable[str]:
    """The shorter phrases that stand within one."""
    joint = " " if phrase[0].isascii() else ""
    pieces: Sequence[str] = phrase.split(" ") if joint else phrase
    for size in range(1 if joint else 2, len(pieces)):
        for start in range(len(pieces) - size + 1):
            yield joint.join(pieces[start : start + size])


def _inherited(own: Sequence[str], parts: Iterable[Meaning]) -> list[str]:
    found = dict.fromkeys(label for part in parts for label in part.labels)
    return [label for label in found if label not in _INHERITING and label != "filler" and label not in own]


def _name_places(meaning: Meaning, parts: Iterable[Meaning]) -> None:
    """`in Belgium` is a phrase of its own and names Belgium all the same."""
    if any(slot in _PLACES for slot, _ in meaning.values):
        return
    for part in parts:
        for slot, value in part.values:
            if slot in _PLACES and (slot, value) not in meaning.values:
                meaning.values.append((slot, value))
                meaning.labels += [slot] if slot not in meaning.labels else []

"""The vocabulary of both languages: phrases to labels, found in one pass over the tokens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from bot.understanding import resources
from bot.understanding.folding import fold
from bot.understanding.homophones import Homophones
from bot.understanding.spelling import Speller
from bot.understanding.tokens import Token, tokenise

_CHARACTERS_A_WORD: Final = 2
_UNKNOWN_COST: Final = 2.6
_SLIP_COST: Final = 1.9
_INHERITING: Final = frozenset({"topic", "record", "field", "edit", "tamper", "refers"})
_QUIET: Final = frozenset(
    {
        "filler", "polite", "will", "has", "which", "plural", "copy", "talk", "look", "also", "refers", "elliptic", "instead",
        "want", "doing", "how_did", "i_do", "if_", "soon", "neg", "but", "all_of", "case_go", "lang_verb", "edit", "field",
        "record", "customer", "everything", "dismiss", "dismiss_before", "outside", "price", "offer", "private", "others",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """What one phrase stands for: a set of labels, and values of slots."""

    bits: int
    labels: tuple[str, ...]
    values: tuple[tuple[str, str], ...]


class Hit(NamedTuple):
    """One phrase found."""

    start: int
    end: int
    entry: Entry
    words: str
    clause: int
    sentence: int


class Scan(NamedTuple):
    """All phrases found, and how many words nothing is known about."""

    hits: list[Hit]
    unknown: int


class Lexicon:
    """Phrases of every language, compiled for one left-to-right scan, the longest phrase first."""

    def __init__(self, tables: Iterable[dict[str, Any]], *, spelling: dict[str, Any]) -> None:
        self._bits: dict[str, int] = {}
        gathered: dict[str, tuple[list[str], list[tuple[str, str]]]] = {}
        for table in tables:
            for label, slot, value, phrase in _rows(table):
                labels, values = gathered.setdefault(fold(phrase), ([], []))
                if label not in labels:
                    labels.append(label)
                if slot:
                    values.append((slot, value))
        self._chinese: dict[str, Entry] = {}
        self._words: dict[str, list[tuple[tuple[str, ...], Entry]]] = {}
        self._slips: dict[str, str] = spelling["slips"]
        self._contractions = {k: tuple(v.split()) for k, v in spelling["contractions"].items()}
        for phrase, (labels, values) in gathered.items():
            if _INHERITING.issuperset(labels):
                labels += _inherited(phrase, gathered)
            self._add(phrase, Entry(self._mask(labels), tuple(labels), tuple(values)))
        for options in self._words.values():
            options.sort(key=lambda option: -len(option[0]))
        self._lengths = _lengths(self._chinese)
        self._speller = Speller(self.english, spelling)
        self._homophones = Homophones(self._chinese, self._telling())

    @property
    def english(self) -> set[str]:
        """All words that phrases in Latin letters are made of."""
        return {word for options in self._words.values() for words, _ in options for word in words}

    @property
    def chinese(self) -> Iterable[str]:
        """All phrases in Chinese characters."""
        return self._chinese

    def _telling(self) -> int:
        """Labels worth looking for behind a slip."""
        return sum(bit for label, bit in self._bits.items() if label not in _QUIET)

    def bit(self, label: str) -> int:
        """Return the mask of a label, giving it a bit when it is new."""
        return self._bits.setdefault(label, 1 << len(self._bits))

    def _mask(self, labels: Iterable[str]) -> int:
        mask = 0
        for label in labels:
            mask |= self.bit(label)
        return mask

    def _add(self, phrase: str, entry: Entry) -> None:
        words = self._expand(tokenise(phrase))
        if words and words[0].kind in "wi":
            key = tuple(self._slips.get(word.text, word.text) for word in words)
            self._words.setdefault(key[0], []).append((key, entry))
        else:
            self._chinese[phrase] = entry

    def _expand(self, tokens: list[Token]) -> list[Token]:
        """Take contractions apart: isn't -> is not, what's -> what is."""
        out: list[Token] = []
        for token in tokens:
            parts = self._contractions.get(token.text)
            if parts is None and token.kind == "w" and "'" in token.text:
                parts = _apart(token.text)
            if parts is None:
                out.append(token)
            else:
                out.extend(token._replace(text=part) for part in parts)
        return out

    def scan(self, tokens: list[Token]) -> Scan:
        """Find every phrase, leftmost and longest first; a word misspelt by little still counts."""
        hits: list[Hit] = []
        unknown = 0.0
        tokens = [
            token._replace(text=self._speller.correct(token.text)) if token.kind == "w" else token
            for token in self._expand(tokens)
        ]
        index, count = 0, len(tokens)
        while index < count:
            token = tokens[index]
            if token.kind == "c":
                unknown += self._scan_chinese(token, hits) / _CHARACTERS_A_WORD
                index += 1
                continue
            step = self._scan_words(tokens, index, hits)
            if step == 0:
                unknown += token.kind == "w"
                step = 1
            index += step
        return Scan(hits, int(unknown))

    def _scan_words(self, tokens: list[Token], index: int, hits: list[Hit]) -> int:
        first = tokens[index]
        if first.kind == "e":
            entry = self._chinese.get(first.text)
            if entry is not None:
                hits.append(
                    Hit(first.start, first.start + 1, entry, first.text, first.clause, first.sentence)
                )
            return 1
        for key, entry in self._words.get(first.text, ()):
            size = len(key)
            if size > 1:
                window = tokens[index : index + size]
                if len(window) < size or any(t.text != w for t, w in zip(window, key, strict=True)):
                    continue
                if window[-1].sentence != first.sentence:
                    continue
            last = tokens[index + size - 1]
            end = last.start + len(last.text)
            hits.append(Hit(first.start, end, entry, " ".join(key), first.clause, first.sentence))
            return size
        return 0

    def _scan_chinese(self, token: Token, hits: list[Hit]) -> int:
        text, base = token.text, token.start
        steps = self._split(text)
        unknown = index = 0
        while index < len(text):
            size, entry = steps[index]
            if entry is None:
                unknown += 1
            else:
                start = base + index
                hits.append(
                    Hit(start, start + size, entry, text[index : index + size], token.clause, token.sentence)
                )
            index += size
        return unknown

    def _split(self, text: str) -> list[tuple[int, Entry | None]]:
        """Cut a run of characters so that least is left unknown and the pieces are few; the longer piece first."""
        end = len(text)
        costs = [0.0] * (end + 1)
        steps: list[tuple[int, Entry | None]] = [(1, None)] * end
        for index in range(end - 1, -1, -1):
            best, step = _UNKNOWN_COST + costs[index + 1], steps[index]
            for size in self._lengths.get(text[index], ()):
                entry = self._chinese.get(text[index : index + size]) if index + size <= end else None
                if entry is not None:
                    cost = 1.0 + costs[index + size]
                    if cost < best:
                        best, step = cost, (size, entry)
            slip = self._homophones.at(text, index)
            if slip is not None and _SLIP_COST + costs[index + slip[0]] < best:
                best, step = _SLIP_COST + costs[index + slip[0]], slip
            costs[index], steps[index] = best, step
        return steps


def _inherited(phrase: str, gathered: Mapping[str, tuple[list[str], list[tuple[str, str]]]]) -> list[str]:
    """What the parts of a phrase stand for, where the phrase itself is only a subject."""
    parts: Sequence[str] = phrase.split(" ") if phrase[0].isascii() else phrase
    joint = " " if phrase[0].isascii() else ""
    found: dict[str, None] = {}
    for size in range(1 if joint else 2, len(parts)):
        for start in range(len(parts) - size + 1):
            labels, _ = gathered.get(joint.join(parts[start : start + size]), ([], []))
            found |= dict.fromkeys(label for label in labels if label != "filler")
    return [label for label in found if label not in _INHERITING]


def _apart(word: str) -> tuple[str, ...]:
    head, _, tail = word.partition("'")
    ending = {"s": "'s", "re": "are", "ve": "have", "ll": "will", "d": "would", "m": "am"}.get(tail)
    if tail == "t" and head.endswith("n"):
        return (head[:-1], "not")
    return (head,) if ending is None or ending == "'s" else (head, ending)


def _rows(table: dict[str, Any]) -> Iterable[tuple[str, str, str, str]]:
    for label, block in table.get("concepts", {}).items():
        for phrase in resources.phrases(block):
            yield label, "", "", phrase
    for slot, values in table.get("slots", {}).items():
        for value, block in values.items():
            for phrase in resources.phrases(block):
                yield slot, slot, value, phrase


def _lengths(chinese: dict[str, Entry]) -> dict[str, tuple[int, ...]]:
    by_first: dict[str, set[int]] = {}
    for phrase in chinese:
        by_first.setdefault(phrase[0], set()).add(len(phrase))
    return {first: tuple(sorted(sizes, reverse=True)) for first, sizes in by_first.items()}

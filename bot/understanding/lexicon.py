"""The vocabulary of both languages: phrases to labels, found in one pass over the tokens."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from bot.understanding.chinese import ChinesePhrases
from bot.understanding.english import EnglishPhrases
from bot.understanding.tokens import Token, tokenise
from bot.understanding.vocabulary import Entry, gather

_CHARACTERS_A_WORD: Final = 2
_FIGURE: Final = re.compile(
    r"\d+(?:st|nd|rd|th|h|m|d|w|u|min|mins|hrs?|days?|am|pm)?"
    r"|(?:jan|febr?|mar|apr|jun|jul|aug|sept?|oct|nov|dec)[a-z]*|minut[a-z]+|hours?|uur"
)
"""Figures and the parts of dates: they are read by the slots, so nothing is strange about them."""
_QUIET: Final = frozenset(
    {
        "filler", "polite", "will", "has", "which", "plural", "copy", "talk", "look", "also", "refers", "elliptic",
        "instead", "want", "doing", "how_did", "i_do", "if_", "soon", "neg", "but", "all_of", "case_go", "lang_verb",
        "edit", "field", "record", "customer", "everything", "dismiss", "dismiss_before", "outside", "price", "offer",
        "private", "others", "trade",
    }
)  # fmt: skip
"""Labels too common, or too strange, to be looked for behind a slip of the pen."""

_STRANGE: Final = ("outside", "price", "offer", "private", "others", "passenger")
"""Labels of what the bot does not do: nobody is taken to have meant it by a slip."""


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
    unknown: float


class Lexicon:
    """Phrases of every language, compiled for one left-to-right scan."""

    def __init__(self, tables: Iterable[dict[str, Any]], *, spelling: dict[str, Any]) -> None:
        self._bits: dict[str, int] = {}
        self._characters: dict[str, Entry] = {}
        self._english = EnglishPhrases(spelling)
        made: dict[Entry, Entry] = {}  # thousands of phrases mean the same: one entry for all of them
        for phrase, meaning in gather(tables).items():
            bits = sum(self.bit(label) for label in meaning.labels)
            entry = Entry(bits, tuple(meaning.labels), tuple(meaning.values))
            entry = made.setdefault(entry, entry)
            words = tokenise(phrase)
            if words and words[0].kind in "wi":
                self._english.add(words, entry)
            else:
                self._characters[phrase] = entry
        self._english.finish()
        telling = sum(bit for label, bit in self._bits.items() if label not in _QUIET)
        self._subject = self.bit("outside")
        strange = sum(self.bit(label) for label in _STRANGE)
        self._chinese = ChinesePhrases(self._characters, telling, strange)

    @property
    def english(self) -> set[str]:
        """All words that phrases in Latin letters are made of."""
        return self._english.words

    @property
    def chinese(self) -> Iterable[str]:
        """All phrases in Chinese characters."""
        return self._characters

    @property
    def labels(self) -> Iterable[str]:
        """All labels that have a bit."""
        return self._bits

    def bit(self, label: str) -> int:
        """Return the mask of a label, giving it a bit when it is new."""
        return self._bits.setdefault(label, 1 << len(self._bits))

    def scan(self, tokens: list[Token]) -> Scan:
        """Find the phrases."""
        hits: list[Hit] = []
        unknown = 0.0
        tokens = self._english.corrected(tokens)
        words_of = [token.text for token in tokens]
        index = 0
        while index < len(tokens):
            token, step = tokens[index], 1
            if token.kind == "c":
                unknown += self._cut(token, hits) / _CHARACTERS_A_WORD
            elif token.kind == "e":
                self._sign(token, hits)
            elif (found := self._english.at(tokens, words_of, index)) is not None:
                step, words, entry = found
                last = tokens[index + step - 1]
                end = last.start + len(last.text)
                hits.append(Hit(token.start, end, entry, words, token.clause, token.sentence))
                if step > 1:
                    self._overlapping(tokens, words_of, index, step, hits)
            else:
                unknown += token.kind == "w" and _FIGURE.fullmatch(token.text) is None
            index += step
        return Scan(hits, unknown)

    def _overlapping(self, tokens: list[Token], words: list[str], index: int, size: int, hits: list[Hit]) -> None:
        """Take in phrases that begin within another and go on behind it: `the other` and `other partner`."""
        for at in range(index + 1, index + size):
            found = self._english.at(tokens, words, at)
            if found is not None and at + found[0] > index + size and not found[2].bits & self._subject:
                first, last = tokens[at], tokens[at + found[0] - 1]
                end = last.start + len(last.text)
                hits.append(Hit(first.start, end, found[2], found[1], first.clause, first.sentence))

    def _sign(self, token: Token, hits: list[Hit]) -> None:
        entry = self._characters.get(token.text)
        if entry is not None:
            hits.append(Hit(token.start, token.start + 1, entry, token.text, token.clause, token.sentence))

    def _cut(self, token: Token, hits: list[Hit]) -> int:
        unknown = 0
        for at, size, entry in self._chinese.cut(token.text):
            if entry is None:
                unknown += 1
                continue
            start = token.start + at
            words = token.text[at : at + size]
            hits.append(Hit(start, start + size, entry, words, token.clause, token.sentence))
        return unknown

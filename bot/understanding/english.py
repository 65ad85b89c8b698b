"""Phrases of words in Latin letters, the longest first; a word misspelt by little still counts."""

from __future__ import annotations

from sys import intern
from typing import Any, Final

from bot.understanding.spelling import Speller
from bot.understanding.tokens import Token
from bot.understanding.vocabulary import Entry

_ENDINGS: Final = {"s": "'s", "re": "are", "ve": "have", "ll": "will", "d": "would", "m": "am"}


class EnglishPhrases:
    """Finds the longest phrase that starts at a word."""

    def __init__(self, spelling: dict[str, Any]) -> None:
        self._entries: dict[tuple[str, ...], Entry] = {}
        self._sizes: dict[str, tuple[int, ...]] = {}
        self._slips: dict[str, str] = spelling["slips"]
        self._contractions = {k: tuple(v.split()) for k, v in spelling["contractions"].items()}
        self._spelling = spelling
        self._speller = Speller(set(), spelling)

    @property
    def words(self) -> set[str]:
        """All words that the phrases are made of."""
        return {word for words in self._entries for word in words}

    def add(self, words: list[Token], entry: Entry) -> None:
        """Take in a phrase."""
        key = tuple(intern(self._slips.get(word.text, word.text)) for word in self.expand(words))
        self._entries.setdefault(key, entry)

    def finish(self) -> None:
        """Make ready for searching once all phrases are in."""
        sizes: dict[str, set[int]] = {}
        for key in self._entries:
            sizes.setdefault(key[0], set()).add(len(key))
        self._sizes = {first: tuple(sorted(found, reverse=True)) for first, found in sizes.items()}
        self._speller = Speller(self.words, self._spelling)

    def expand(self, tokens: list[Token]) -> list[Token]:
        """Take contractions apart: isn't -> is not, what's -> what is."""
        out: list[Token] = []
        for token in tokens:
            parts = self._contractions.get(token.text)
            if parts is None and "'" in token.text:
                parts = _apart(token.text)
            if parts is None:
                out.append(token)
            else:
                out += (token._replace(text=part) for part in parts)
        return out

    def corrected(self, tokens: list[Token]) -> list[Token]:
        """Return the tokens with contractions apart and misspelt words replaced."""
        correct = self._speller.correct
        out = self.expand(tokens)
        for at, token in enumerate(out):
            if token.kind == "w" and (word := correct(token.text)) != token.text:
                out[at] = token._replace(text=word)
        return out

    def at(self, tokens: list[Token], words: list[str], index: int) -> tuple[int, str, Entry] | None:
        """Return the number of tokens, the words and the meaning of the longest phrase here."""
        for size in self._sizes.get(words[index], ()):
            if index + size > len(tokens) or tokens[index + size - 1].clause != tokens[index].clause:
                continue
            key = tuple(words[index : index + size])
            entry = self._entries.get(key)
            if entry is not None:
                return size, " ".join(key), entry
        return None


def _apart(word: str) -> tuple[str, ...]:
    head, _, tail = word.partition("'")
    if tail == "t" and head.endswith("n"):
        return (head[:-1], "not")
    ending = _ENDINGS.get(tail)
    return (head,) if ending is None or ending == "'s" else (head, ending)

"""Chinese input-method slips: a term of the vocabulary written with one wrong, same-sounding character."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.understanding import resources
from bot.understanding.folding import fold

if TYPE_CHECKING:
    from bot.understanding.lexicon import Entry

_SIZES = (4, 3, 2)


class Homophones:
    """Finds terms whose characters sound right and are written wrong."""

    def __init__(self, terms: dict[str, Entry], data: dict[str, Any]) -> None:
        self._sound: dict[str, str] = {}
        for sound, characters in data["sounds"].items():
            for character in fold(characters):
                self._sound.setdefault(character, sound)
        self._ordinary = {fold(word) for word in resources.phrases(data["ordinary"]["words"])}
        self._terms: dict[tuple[str, ...], tuple[str, Entry]] = {}
        for term in resources.phrases(data["ordinary"]["terms"]):
            entry = terms.get(fold(term))
            if entry is not None:
                self._terms.setdefault(self._key(fold(term)), (fold(term), entry))
        self._firsts = {key[0] for key in self._terms}

    def _key(self, text: str) -> tuple[str, ...]:
        return tuple(self._sound.get(character, character) for character in text)

    def at(self, text: str, index: int) -> tuple[int, Entry] | None:
        """Return size and meaning of the slip that starts here, if one does."""
        if self._sound.get(text[index], text[index]) not in self._firsts:
            return None
        for size in _SIZES:
            piece = text[index : index + size]
            if len(piece) < size or piece in self._ordinary:
                continue
            found = self._terms.get(self._key(piece))
            if found is not None and sum(a != b for a, b in zip(piece, found[0], strict=True)) == 1:
                return size, found[1]
        return None

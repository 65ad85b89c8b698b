"""Chinese input-method slips: a term of the vocabulary written with a wrong, same-sounding character."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.understanding import resources, sounds
from bot.understanding.folding import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.understanding.vocabulary import Entry

_SIZES: Final = (5, 4, 3, 2)
_LOOSE: Final = 4


class Homophones:
    """Finds terms whose characters sound right and are written wrong."""

    def __init__(self, terms: Mapping[str, Entry], telling: int, strange: int) -> None:
        data = resources.table("ordinary.zh.toml")
        self._ordinary = {fold(word) for word in resources.phrases(data["ordinary"]["words"])}
        self._grammar = frozenset(data["grammar"]["characters"])
        self._light = frozenset(data["grammar"]["light"])
        self._sound: dict[str, str] = {character: sounds.rough(character) for character in sounds.READINGS}
        self._terms: dict[tuple[str, ...], tuple[str, Entry]] = {}
        for term, entry in terms.items():
            if len(term) in _SIZES and entry.bits & telling and not entry.bits & strange:
                self._terms.setdefault(self.heard(term), (term, entry))
        self._firsts = {key[:2] for key in self._terms}

    def heard(self, text: str) -> tuple[str, ...]:
        """Return how a text sounds, character by character."""
        return tuple(self._sound.get(character, character) for character in text)

    def at(self, text: str, heard: tuple[str, ...], index: int) -> tuple[int, Entry] | None:
        """Return size and meaning of the slip that starts here, if one does."""
        if heard[index : index + 2] not in self._firsts:
            return None
        for size in _SIZES:
            piece = text[index : index + size]
            if len(piece) < size or piece in self._ordinary:
                continue
            found = self._terms.get(heard[index : index + size])
            if found is not None and self._is_slip(piece, found[0]):
                return size, found[1]
        return None

    def _is_slip(self, piece: str, term: str) -> bool:
        wrong = [a for a, b in zip(piece, term, strict=True) if a != b]
        if not 1 <= len(wrong) <= (2 if len(term) >= _LOOSE else 1):
            return False
        return len(term) > 2 or (wrong[0] not in self._grammar and not self._light.intersection(term))

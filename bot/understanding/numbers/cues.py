"""Cue words: what the words beside a row of digits say it is, or say it is not."""

import re
from bisect import bisect_left
from collections.abc import Iterable

from bot.understanding.numbers.kinds import Shape
from bot.understanding.numbers.normalise import normalise, upper_of_same_length
from bot.understanding.numbers.tables import read_toml


def _words(words: Iterable[str]) -> re.Pattern[str]:
    """One expression for the words, the longest first; a Latin word must not be part of a longer one."""
    spelled = []
    for word in sorted({upper_of_same_length(normalise(word)) for word in words}, key=len, reverse=True):
        escaped = re.escape(word)
        spelled.append(rf"(?<![A-Z0-9]){escaped}(?![A-Z])" if word[0].isascii() else escaped)
    return re.compile("|".join(spelled))


_TABLE = read_toml("number_cues.toml")
_REACH: int = _TABLE["reach"]
_CUES = {kind: _words(words) for kind, words in _TABLE["kinds"].items()}
_ANY_CUE = _words(word for words in _TABLE["kinds"].values() for word in words)
_PHONE = _words(_TABLE["labels"]["phone"])
_LABEL = _words([*_TABLE["labels"]["phone"], *_TABLE["labels"]["other"]])
SMALL_WORDS = frozenset(word.upper() for word in _TABLE["words"]["small"])

# A dialled country code: "+86 ", "0032 ", "+32 (0)", also a bare "86-" before a Chinese landline.
_DIALLED = re.compile(r"(?:\+[0-9]{0,3}|(?<![A-Z0-9])00[0-9]{2,3}|(?<![A-Z0-9])86)[ -]?(?:\(0?\)?)?$")

# What stands between two numbers of one list, and a Chinese mobile number, which ends such a list.
_LIST_GAP_CHARS = 4
_LIST_GAP = re.compile(rf"[\s,;、/|]{{1,{_LIST_GAP_CHARS}}}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


class Cues:
    """The words around the rows of digits of one text, in its upper-case form."""

    __slots__ = ("_last_end", "_places", "_upper")

    def __init__(self, upper: str) -> None:
        """Look at one text; nothing is searched before it is asked for."""
        self._upper = upper
        self._places: list[tuple[int, int]] | None = None
        self._last_end: dict[str, int] = {}

    def possible(self) -> bool:
        """Whether the text holds a cue word at all."""
        return bool(self._found())

    def near(self, start: int, end: int) -> bool:
        """Whether a cue word of any kind is within reach, or a list goes on from one; cheap to ask."""
        places = self._found()
        index = bisect_left(places, (start - _REACH, 0))
        if index < len(places) and places[index][1] <= end + _REACH:
            return True
        return any(start - _LIST_GAP_CHARS <= last <= start for last in self._last_end.values())

    def _found(self) -> list[tuple[int, int]]:
        if self._places is None:
            self._places = [match.span() for match in _ANY_CUE.finditer(self._upper)]
        return self._places

    def names(self, kind: str, start: int, end: int) -> int | None:
        """The distance to the nearest cue of the kind, none when there is none or another word is nearer."""
        cue = _CUES[kind]
        before = _gap_before(cue, self._upper, start)
        label = _gap_before(_LABEL, self._upper, start)
        if self.dialled(start) or (label is not None and (before is None or label < before)):
            return None
        after = cue.search(self._upper, end, end + _REACH)
        gaps = [gap for gap in (before, after and after.start() - end) if gap is not None]
        return min(gaps, default=None)

    def continues_list(self, kind: str, start: int, end: int) -> bool:
        """Whether the number follows, in a list, one of the same kind that had its cue."""
        last = self._last_end.get(kind)
        if last is None or _MOBILE.fullmatch(self._upper, start, end):
            return False
        return _LIST_GAP.fullmatch(self._upper, last, start) is not None

    def remember(self, kind: str, end: int) -> None:
        """Note where a cued number ended, for the next one of its list."""
        self._last_end[kind] = end

    def best(self, shapes: Iterable[Shape], start: int, end: int) -> Shape | None:
        """The shape whose cue is nearest, or that goes on with a list."""
        named = [(gap, shape) for shape in shapes if (gap := self.names(shape.kind, start, end)) is not None]
        if named:
            return min(named, key=lambda item: item[0])[1]
        return next((shape for shape in shapes if self.continues_list(shape.kind, start, end)), None)

    def phone(self, start: int) -> bool:
        """Whether a telephone word or a dialled country code stands before, with no waybill word nearer."""
        phone = _gap_before(_PHONE, self._upper, start)
        if phone is None:
            return self.dialled(start)
        waybill = _gap_before(_CUES["MAWB"], self._upper, start)
        return waybill is None or waybill > phone

    def dialled(self, start: int) -> bool:
        """Whether a dialled country code stands directly before."""
        return _DIALLED.search(self._upper[max(0, start - _REACH) : start]) is not None


def _gap_before(words: re.Pattern[str], upper: str, start: int) -> int | None:
    """Characters between the last of the words before `start` and `start`."""
    last = None
    for match in words.finditer(upper, max(0, start - _REACH), start):
        last = match
    return None if last is None else start - last.end()

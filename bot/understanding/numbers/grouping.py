"""Numbers written in groups: "RB 123 456 785 GB", "157-6706 1595", "CA 1041"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.understanding.numbers.cues import SMALL_WORDS
from bot.understanding.numbers.kinds import Shape

# The longest number people write in groups.
_LONGEST = 24

# How a grouped number can begin; anything else is not worth joining. _S is a separator that may be there.
_S = "[ -]?"
_BEGINNINGS = (
    f"[A-Z]{_S}[A-Z]{_S}(?:[A-Z]{_S}){{0,2}}[0-9OIL]",
    f"0{_S}0{_S}[0-9]",
    f"3{_S}2{_S}3",
    f"6{_S}[0-9]",
    f"9{_S}[2-5]",
    f"1{_S}Z",
    f"3{_S}S",
    "[A-Z0-9]{2} [0-9]{3}",
    "[0-9]{3}[ -][0-9]{4}",
    f"(?:[0-9]{_S}){{13}}[0-9]",
)
_BEGINNING = re.compile("|".join(_BEGINNINGS))
_NEXT_GROUP = re.compile(r"([ -])([A-Z0-9]{1,24})(?![A-Z0-9])")

# After "CA 1041" these would make it a date, a time or an amount.
_NUMBER_GOES_ON = re.compile(r"[-.:][0-9]|,[0-9]{2}(?![0-9])")

_MAWB_GROUPS = ([3, 8], [3, 4, 4])


@dataclass(slots=True)
class Groups:
    """Neighbouring groups joined by one blank or hyphen each."""

    start: int
    end: int
    compact: str
    sizes: list[int]
    separators: str


def groups_from(upper: str, start: int, end: int, *, any_digits: bool) -> Iterator[Groups]:
    """Yield the joins of the group at `start` with one more group after it, two more, and so on.

    One object is yielded again and again, grown.
    """
    if not _BEGINNING.match(upper, start) and not (any_digits and upper[start].isdigit()):
        return
    groups = Groups(start, end, upper[start:end], [end - start], "")
    while following := _NEXT_GROUP.match(upper, groups.end):
        groups.compact += following[2]
        if len(groups.compact) > _LONGEST:
            return
        groups.end = following.end()
        groups.sizes.append(len(following[2]))
        groups.separators += following[1]
        yield groups


def may_be_grouped(shape: Shape, groups: Groups, text: str, upper: str) -> bool:
    """Whether a person would write a number of this shape in these groups."""
    if shape.grouping == "waybill":
        return groups.sizes in _MAWB_GROUPS
    if shape.grouping == "flight":
        return groups.separators == " " and groups.sizes[0] == 2 and _is_typed_flight(groups, text, upper)
    if shape.kind == "S10":
        return not _begins_with_small_word(groups, text)
    return True


def is_deliberate(groups: Groups, text: str, upper: str) -> bool:
    """Whether a grouped number with a wrong check digit was meant as one: capitals, or even groups."""
    if groups.compact.isdigit():
        return len(set(groups.sizes[:-1])) == 1 and min(groups.sizes[:-1]) > 2
    return text[groups.start : groups.end] == upper[groups.start : groups.end]


def _is_typed_flight(groups: Groups, text: str, upper: str) -> bool:
    span = slice(groups.start, groups.end)
    return text[span] == upper[span] and not _NUMBER_GOES_ON.match(upper, groups.end)


def _begins_with_small_word(groups: Groups, text: str) -> bool:
    word = text[groups.start : groups.start + groups.sizes[0]]
    return word.upper() in SMALL_WORDS and word != word.upper()

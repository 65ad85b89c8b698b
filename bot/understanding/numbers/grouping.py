"""Numbers written in groups: "RB 123 456 785 GB", "157-6706 1595", "CA 1041"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.understanding.numbers.cues import SMALL_WORDS
from bot.understanding.numbers.kinds import CUED, GROUPED, Shape

# The longest number people write in groups.
_LONGEST = 24

# Every length a grouped number has; joins of other lengths are passed over.
_LENGTHS = frozenset(GROUPED) | frozenset(CUED)

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
)
_BEGINNING = re.compile("|".join(_BEGINNINGS))
_CHAIN = re.compile(r"[A-Z0-9]+(?:[ -][A-Z0-9]+)*")

# After "CA 1041" these would make it a date, a time or an amount.
_NUMBER_GOES_ON = re.compile(r"[-.:][0-9]|,[0-9]{2}(?![0-9])")

_MAWB_GROUPS = ([3, 8], [3, 4, 4])


@dataclass(frozen=True, slots=True)
class Groups:
    """Neighbouring groups joined by one blank or hyphen each."""

    start: int
    end: int
    compact: str
    sizes: list[int]
    first_separator: str


def groups_from(upper: str, start: int, *, any_digits: bool) -> Iterator[Groups]:
    """Yield the joins of the group at `start` with one more group after it, two more, and so on."""
    if not _BEGINNING.match(upper, start) and not (any_digits and upper[start].isdigit()):
        return
    chain = _CHAIN.match(upper, start, start + 2 * _LONGEST)
    if chain is None:
        return
    pieces = chain[0].replace("-", " ").split(" ")
    joined = "".join(pieces)
    sizes = [len(piece) for piece in pieces]
    total = sizes[0]
    for count in range(1, len(sizes)):
        total += sizes[count]
        if total > _LONGEST:
            return
        if total in _LENGTHS:
            end = start + total + count
            yield Groups(start, end, joined[:total], sizes[: count + 1], upper[start + sizes[0]])


def may_be_grouped(shape: Shape, groups: Groups, text: str, upper: str) -> bool:
    """Whether a person would write a number of this shape in these groups."""
    if shape.grouping == "waybill":
        return groups.sizes in _MAWB_GROUPS
    if shape.grouping == "flight":
        return len(groups.sizes) == 2 and groups.sizes[0] == 2 and _is_typed_flight(groups, text, upper)
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
    if groups.first_separator != " " or text[span] != upper[span]:
        return False
    return _NUMBER_GOES_ON.match(upper, groups.end) is None


def _begins_with_small_word(groups: Groups, text: str) -> bool:
    word = text[groups.start : groups.start + groups.sizes[0]]
    return word.upper() in SMALL_WORDS and word != word.upper()

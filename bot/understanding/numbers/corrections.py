"""Corrections: the right numbers a mistyped one may have been meant to be."""

from collections.abc import Iterator

from bot.understanding.numbers.forms import normal_form
from bot.understanding.numbers.found import FoundNumber
from bot.understanding.numbers.kinds import Shape, shapes_of_kind

_MOST = 200
_DIGITS = "0123456789"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")

# Where the digits stand in kinds that also hold letters.
_DIGIT_PLACES = {
    "S10": slice(2, 11),
    "CONTAINER": slice(4, 11),
    "COLISSIMO": slice(2, 13),
    "DPD": slice(0, 14),
    "UPS": slice(17, 18),
}
_EVERYWHERE = slice(0, None)


def corrections(number: FoundNumber | str, kind: str) -> tuple[str, ...]:
    """Return numbers of the kind, check digit right, that differ from this one by one slip of the hand.

    Slips, the likeliest first: a letter typed for a digit, two neighbours swapped, one character wrong.
    At most 200; the caller asks which of them exist. Kinds without a check digit have none.
    """
    typed = number.value if isinstance(number, FoundNumber) else number
    compact = "".join(char for char in typed.upper() if char.isascii() and char.isalnum())
    shapes = [shape for shape in shapes_of_kind(kind) if shape.checked]
    places = _DIGIT_PLACES.get(kind, _EVERYWHERE)
    start = compact[: places.start]
    end = "" if places.stop is None else compact[places.stop :]
    straight = start + compact[places].translate(_LOOKALIKES) + end
    verified = (_verified(shapes, candidate) for candidate in _slips(straight) if candidate != compact)
    right = dict.fromkeys(value for value in verified if value is not None)
    return tuple(right)[:_MOST]


def _verified(shapes: list[Shape], compact: str) -> str | None:
    """The normal form when one of the shapes fits and its check digit is right."""
    for shape in shapes:
        full = "00" + compact if shape.form == "sscc" else compact
        if shape.matches(full) and shape.check(full):
            return normal_form(shape.form, full)
    return None


def _slips(compact: str) -> Iterator[str]:
    yield compact
    for place in range(len(compact) - 1):
        left, right = compact[place], compact[place + 1]
        if left != right and left.isdigit() == right.isdigit():
            yield compact[:place] + right + left + compact[place + 2 :]
    for place, char in enumerate(compact):
        for other in _DIGITS if char.isdigit() else _LETTERS:
            if other != char:
                yield compact[:place] + other + compact[place + 1 :]

"""One cell of a table: a number, what was one before a program rounded it, or something else."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from math import isfinite
from typing import Final

from bot.understanding.numbers import canonical, find_numbers, is_parcel_kind, normalise

EXACT_DIGITS: Final = 15
"""Spreadsheets keep so many digits of a number; those after them have become noughts."""
ROUNDED_NOUGHTS: Final = 5
"""So many noughts at the end of a long number are what is left of its digits, not its digits."""
ROUNDED_FROM: Final = 12
LONGEST: Final = 2_000
"""Characters looked at in one cell."""

_DIGIT = re.compile(r"\d")
_SCIENTIFIC = re.compile(r"([0-9])(?:[.,]([0-9]+))?E\+?([0-9]{1,2})", re.IGNORECASE)
_WHOLE = re.compile(r"([0-9]+)[.,]0+")
_QUOTED = re.compile(r"=\"(.*)\"")
_NAME = re.compile(r"(?=(?:[A-Z-]*[0-9]){5})[A-Z0-9](?:-?[A-Z0-9]){5,34}", re.IGNORECASE)
_DAY = re.compile(r"(?:19|20)[0-9]{2}-?[01]?[0-9]-?[0-3]?[0-9]|[0-3]?[0-9]-[01]?[0-9]-(?:19|20)[0-9]{2}")


class What(Enum):
    """What a cell turned out to be."""

    EMPTY = auto()
    SHAPED = auto()  # parcel numbers by their form, mistyped ones too
    NAMED = auto()  # looks like a number, of a form we do not know
    LOST = auto()  # a number without its last digits
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell, understood."""

    what: What
    numbers: tuple[str, ...] = ()


_EMPTY, _LOST, _OTHER = Cell(What.EMPTY), Cell(What.LOST), Cell(What.OTHER)


def read_cell(value: object) -> Cell:
    """Understand one cell as a program or a CSV file gives it."""
    if value is None or value == "":
        return _EMPTY
    if isinstance(value, str):
        return _of_text(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _of_figure(value)
    return _OTHER


def text_of(value: object) -> str:
    """A cell as it is shown to a person who is to find it again."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**EXACT_DIGITS:
        return str(int(value))
    if isinstance(value, float):
        return f"{value:.6G}"
    return " ".join(str(value).split())


def _of_figure(value: float) -> Cell:
    if not isfinite(value) or value < 0 or int(value) != value:
        return _OTHER
    return _of_digits(str(int(value)))


def _of_digits(digits: str) -> Cell:
    """A whole number that was stored as a figure."""
    if len(digits) > EXACT_DIGITS:
        return _LOST
    if len(digits) >= ROUNDED_FROM and digits.endswith("0" * ROUNDED_NOUGHTS):
        return _LOST
    return _of_name(digits)


def _of_text(raw: str) -> Cell:
    if not _DIGIT.search(raw):  # most cells of a table
        return _OTHER if raw.strip() else _EMPTY
    text = normalise(raw[:LONGEST]).strip(" \t\r\n'`\"")
    quoted = _QUOTED.fullmatch(text) or _QUOTED.fullmatch(raw.strip())
    text = quoted[1].strip() if quoted else text
    if not text:
        return _EMPTY
    if (figure := _SCIENTIFIC.fullmatch(text)) is not None:
        return _of_scientific(figure)
    whole = _WHOLE.fullmatch(text)
    return _of_digits(whole[1]) if whole else _of_name(text)


def _of_scientific(figure: re.Match[str]) -> Cell:
    """`1.23457E+12`: whole only when every digit before the point is written."""
    digits, power = figure[1] + (figure[2] or ""), int(figure[3])
    if len(digits) < power + 1:
        return _LOST
    whole = Decimal(f"{figure[1]}.{figure[2] or '0'}").scaleb(power)
    return _of_digits(str(int(whole))) if whole == int(whole) else _OTHER


def _of_name(text: str) -> Cell:
    found = canonical(text)
    if found is not None:
        return Cell(What.SHAPED, (found.value,)) if is_parcel_kind(found.kind) else _OTHER
    if _NAME.fullmatch(text) and not _DAY.fullmatch(text):
        return Cell(What.NAMED, (text.upper(),))
    inside = tuple(one.value for one in find_numbers(text) if is_parcel_kind(one.kind))
    return Cell(What.SHAPED, inside) if inside else _OTHER

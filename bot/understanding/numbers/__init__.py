"""Numbers: every parcel, linehaul and unit number a text names, check digits verified."""

from bot.understanding.numbers.corrections import corrections
from bot.understanding.numbers.finder import canonical, find_in_normalised, find_numbers
from bot.understanding.numbers.found import FoundNumber
from bot.understanding.numbers.kinds import is_linehaul_kind, is_parcel_kind, is_unit_kind
from bot.understanding.numbers.normalise import normalise

__all__ = [
    "FoundNumber",
    "canonical",
    "corrections",
    "find_in_normalised",
    "find_numbers",
    "is_linehaul_kind",
    "is_parcel_kind",
    "is_unit_kind",
    "normalise",
]

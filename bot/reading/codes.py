"""From the text of a bar or matrix code to the parcel numbers it holds."""

from bot.reading.cells import What, read_cell
from bot.reading.model import Code
from bot.understanding.numbers import find_numbers, is_parcel_kind

LONGEST = 4_000
SHORTEST_NAME = 8
"""A code of fewer characters is a sorting mark or was read where there is none."""
SHOWN = 80


def code_of(text: str) -> Code | None:
    """What a code says; None for one that can name no parcel. A mistyped number cannot come from a code."""
    text = text[:LONGEST].strip()
    numbers = tuple(one.value for one in find_numbers(text, include_mistyped=False) if is_parcel_kind(one.kind))
    if numbers:
        return Code(text=text[:SHOWN], numbers=numbers, shaped=True)
    cell = read_cell(text)
    if cell.what is What.NAMED and len(text) >= SHORTEST_NAME:
        return Code(text=text[:SHOWN], numbers=cell.numbers, shaped=False)
    return None

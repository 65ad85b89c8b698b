"""Which columns of a table may hold the parcel numbers, and what else stands in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.reading.cells import Cell, What, read_cell, text_of
from bot.reading.headings import LONGEST, rank_of
from bot.reading.model import Column, Odd

HEADING_ROWS: Final = 30
"""Titles, notes and merged cells may stand above the headings, so many rows at the most."""
MOST_COLUMNS: Final = 256
CHOICES: Final = 4
HOPELESS: Final = 500
"""Cells with something else, and none with a number, after which a column is not looked at any more."""
ODD_SHOWN: Final = 5
ODD_LONG: Final = 40
LIKELY_SHARE: Final = 0.3
"""A column without a heading that speaks for it must hold numbers in so many of its cells."""

Row = tuple[int, Sequence[object]]
"""Number of the row as the program shows it, and its cells from column A on."""


@dataclass(slots=True)
class _Tally:
    """What has been seen in one column so far."""

    letter: str
    most: int
    heading: str = ""
    rank: int = 0
    numbers: dict[str, None] = field(default_factory=dict)
    shaped: int = 0
    named: int = 0
    left: int = 0
    repeated: int = 0
    lost: int = 0
    lost_shown: list[Odd] = field(default_factory=list)
    junk: int = 0
    junk_shown: list[Odd] = field(default_factory=list)

    def take(self, cell: Cell, value: object, row: int) -> None:
        """Count one cell."""
        if cell.what is What.LOST:
            self.lost += 1
            self._show(self.lost_shown, row, value)
        elif cell.what is What.OTHER:
            self.junk += 1
            self._show(self.junk_shown, row, value)
        for number in cell.numbers:
            self._number(number, shaped=cell.what is What.SHAPED)

    def _number(self, number: str, *, shaped: bool) -> None:
        if number in self.numbers:
            self.repeated += 1
        elif len(self.numbers) >= self.most:
            self.left += 1
        else:
            self.numbers[number] = None
            self.shaped += shaped
            self.named += not shaped

    def _show(self, shown: list[Odd], row: int, value: object) -> None:
        if len(shown) < ODD_SHOWN:
            shown.append(Odd(place=f"{self.letter}{row}", value=text_of(value)[:ODD_LONG]))

    @property
    def hopeless(self) -> bool:
        """Whether nothing more is expected of the column."""
        return self.junk > HOPELESS and not self.numbers and self.rank <= 0

    @property
    def likely(self) -> bool:
        """Whether this may be the column asked for."""
        cells = self.shaped + self.named + self.junk + self.lost
        if self.rank < 0 and not self.shaped:
            return False
        if self.rank > 0:
            return bool(self.numbers or self.lost)
        return bool(self.shaped) or (cells > 0 and self.named >= LIKELY_SHARE * cells)

    @property
    def weight(self) -> tuple[int, int, int]:
        """For sorting, before anybody knows which numbers exist."""
        return (self.rank if self.shaped or self.rank > 0 else -1, self.shaped, self.named + self.lost)

    def column(self) -> Column:
        """As it travels."""
        return Column(
            letter=self.letter, heading=self.heading, rank=self.rank, numbers=tuple(self.numbers), shaped=self.shaped,
            repeated=self.repeated, left=self.left, lost=self.lost, lost_shown=tuple(self.lost_shown), junk=self.junk,
            junk_shown=tuple(self.junk_shown),
        )


def columns_of(rows: Iterable[Row], *, most: int) -> tuple[Column, ...]:
    """The columns of a table that may hold parcel numbers, the likeliest first."""
    tallies: dict[int, _Tally] = {}
    headed = False
    for looked, (row, values) in enumerate(rows):
        if not headed and looked < HEADING_ROWS and _take_headings(tallies, values, most):
            headed = True
            continue
        for index, value in enumerate(values[:MOST_COLUMNS]):
            if value is None or value == "":
                continue
            tally = _at(tallies, index, most)
            if not tally.hopeless:
                tally.take(read_cell(value), value, row)
    likely = sorted((one for one in tallies.values() if one.likely), key=lambda one: one.weight, reverse=True)
    return tuple(one.column() for one in likely[:CHOICES])


def _take_headings(tallies: dict[int, _Tally], values: Sequence[object], most: int) -> bool:
    """Whether the row holds the headings. A row with a number in it is no such row.

    Below them every column begins anew: what stood above was no number of it.
    """
    texts = [str(value).strip() if isinstance(value, str) else "" for value in values[:MOST_COLUMNS]]
    ranks = [rank_of(text) for text in texts]
    if all(rank is None for rank in ranks) or any(read_cell(value).numbers for value in values[:MOST_COLUMNS]):
        return False
    for index, (text, rank) in enumerate(zip(texts, ranks, strict=True)):
        tallies[index] = _Tally(letters(index), most, heading=text[:LONGEST], rank=rank or 0)
    return True


def _at(tallies: dict[int, _Tally], index: int, most: int) -> _Tally:
    if index not in tallies:
        tallies[index] = _Tally(letters(index), most)
    return tallies[index]


def letters(index: int) -> str:
    """`A` for 0, `AA` for 26."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name

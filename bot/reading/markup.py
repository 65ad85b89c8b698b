"""Tables written as HTML or as Excel's older XML, which many programs save under the name `.xls`."""

from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from typing import Final

from bot.reading.columns import MOST_COLUMNS, Row

LOOKED_AT: Final = 200_000
_ROWS: Final = frozenset({"tr", "row"})
_CELLS: Final = frozenset({"td", "th", "cell"})
_PIECE: Final = 1 << 16


def is_markup(text: str) -> bool:
    """Whether a text is a document with a table in it, and no list."""
    head = text[:LOOKED_AT].lstrip("\ufeff \t\r\n").lower()
    return head.startswith("<") and any(mark in head for mark in ("<tr", "<row", ":row"))


def rows_of_markup(text: str) -> Iterator[Row]:
    """Rows with their numbers, as a program that opens the file shows them."""
    reader, number = _Reader(), 0
    for start in range(0, len(text), _PIECE):
        reader.feed(text[start : start + _PIECE])
        for row in reader.take():
            number += 1
            yield number, row


class _Reader(HTMLParser):
    """Gathers the cells of each row; whatever stands around them is left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._done: list[list[object]] = []
        self._row: list[object] = []
        self._said: list[str] = []
        self._in_cell = False
        self._width = 1

    def take(self) -> Sequence[list[object]]:
        """The rows that are complete."""
        done, self._done = self._done, []
        return done

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See `HTMLParser`."""
        if (name := tag.rpartition(":")[2]) in _CELLS:
            self._end_cell()
            told = dict(attrs)
            self._row += [""] * (_figure(told.get("ss:index")) - 1 - len(self._row))
            self._in_cell, self._width = True, max(_figure(told.get("colspan")), 1)
        elif name in _ROWS:
            self._end_row()

    def handle_endtag(self, tag: str) -> None:
        """See `HTMLParser`."""
        if (name := tag.rpartition(":")[2]) in _CELLS:
            self._end_cell()
        elif name in _ROWS:
            self._end_row()

    def handle_data(self, data: str) -> None:
        """See `HTMLParser`."""
        if self._in_cell:
            self._said.append(data)

    def _end_cell(self) -> None:
        if self._in_cell and len(self._row) < MOST_COLUMNS:
            self._row += ["".join(self._said).strip(), *[""] * (self._width - 1)]
        self._said.clear()
        self._in_cell = False

    def _end_row(self) -> None:
        self._end_cell()
        if self._row:
            self._done.append(self._row)
        self._row = []


def _figure(value: str | None) -> int:
    return min(int(value), MOST_COLUMNS) if value is not None and value.isascii() and value.isdigit() else 0

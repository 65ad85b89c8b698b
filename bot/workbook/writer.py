"""Writes one workbook, row by row, in constant memory. Knows nothing of parcels.

The same rows and the same instant give the same bytes. Not for two threads at once.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

from bot.workbook.model import Cell, Column, Kind

MAX_ROWS = 1_000_000
"""A sheet holds 1,048,576 with the heading."""
MAX_WIDTH = 60.0
_LONGEST = 2_000
"""Characters of a cell; a feed's free text may be anything."""
_ILLEGAL = re.compile("[\x00-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_OPTIONS = {
    "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
}  # fmt: skip
_MOMENT, _DAY, _AMOUNT, _TEXT = "yyyy-mm-dd hh:mm", "yyyy-mm-dd", "#,##0.0", "@"
_FORMATS = {Kind.NUMBER: _TEXT, Kind.TEXT: _TEXT, Kind.MOMENT: _MOMENT, Kind.DAY: _DAY, Kind.AMOUNT: _AMOUNT}
_HEADING_HEIGHT = 36.0
_ARROW = 3
"""Room for the filter's."""


def display_width(text: str) -> int:
    """How wide a text is in half-width characters: Han and full-width signs take two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def harmless(text: str) -> str:
    """The text as a cell may hold it: no control signs, and nothing a program could take for a formula.

    A text cell is never calculated; the apostrophe keeps it so after somebody has saved the sheet as CSV.
    """
    clean = _ILLEGAL.sub(" ", text[:_LONGEST]).strip()
    return f"'{clean}" if clean.startswith(_FORMULA) else clean


class WorkbookWriter:
    """A sheet with a frozen, filtered heading, and one that says what it is. Use as a context manager."""

    def __init__(
        self, path: Path, columns: Sequence[Column], *, sheet: str, zone: ZoneInfo, now: datetime
    ) -> None:
        self._columns = columns
        self._zone = zone
        self.rows = 0
        """Written so far."""
        import xlsxwriter  # here: its two megabytes are of no use to a service that has not made a workbook yet

        self._book = xlsxwriter.Workbook(str(path), {**_OPTIONS, "tmpdir": str(path.parent)})
        self._book.set_properties({"title": sheet, "author": "Parcelbridge", "created": now.replace(tzinfo=None)})
        font = {"font_name": "Arial", "font_size": 10}
        self._heading = self._book.add_format({
            **font, "bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#1F3864", "font_color": "white",
        })
        self._bold = self._book.add_format({**font, "bold": True})
        self._wrapped = self._book.add_format({**font, "text_wrap": True, "valign": "top"})
        self._formats = {
            kind: self._book.add_format({**font, "num_format": code}) for kind, code in _FORMATS.items()
        }
        self._sheet: Any = self._book.add_worksheet(sheet)
        self._write_heading()

    def __enter__(self) -> "WorkbookWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """What was not finished goes with its folder."""
        self._sheet.row_data_fh.close()

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Append rows, one cell a column."""
        sheet, formats = self._sheet, [self._formats[column.kind] for column in self._columns]
        writers = [self._write_text if column.kind in (Kind.NUMBER, Kind.TEXT) else self._write_value
                   for column in self._columns]
        for row in rows:
            self.rows += 1
            for place, cell in enumerate(row):
                if cell is not None and cell != "":
                    writers[place](sheet, place, cell, formats[place])

    def finish(self, about: str, lines: Iterable[tuple[str, str]]) -> None:
        """Add the sheet that says what the list is, and write the file."""
        self._sheet.autofilter(0, 0, max(1, self.rows), len(self._columns) - 1)
        sheet: Any = self._book.add_worksheet(about)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 80)
        for place, (label, value) in enumerate(lines):
            sheet.write_string(place, 0, harmless(label), self._bold)
            sheet.write_string(place, 1, harmless(value), self._wrapped)
        self._book.close()

    def _write_heading(self) -> None:
        sheet = self._sheet
        for place, column in enumerate(self._columns):
            heading = max(display_width(column.heading), display_width(column.also)) + _ARROW
            sheet.set_column(place, place, min(MAX_WIDTH, max(column.width, heading)))
        sheet.freeze_panes(1, 1)
        sheet.set_row(0, _HEADING_HEIGHT)
        for place, column in enumerate(self._columns):
            sheet.write_string(0, place, f"{harmless(column.heading)}\n{harmless(column.also)}", self._heading)

    def _write_text(self, sheet: Any, place: int, cell: Cell, form: Any) -> None:
        sheet.write_string(self.rows, place, harmless(str(cell)), form)

    def _write_value(self, sheet: Any, place: int, cell: Cell, form: Any) -> None:
        if isinstance(cell, datetime):
            sheet.write_datetime(self.rows, place, cell.astimezone(self._zone).replace(tzinfo=None), form)
        elif isinstance(cell, date):
            sheet.write_datetime(self.rows, place, cell, form)
        elif isinstance(cell, str):  # what could not be said as a date or an amount
            self._write_text(sheet, place, cell, form)
        else:
            sheet.write_number(self.rows, place, cell, form)

"""Workbooks: Excel's two formats and what else the library reads; hidden sheets are skipped by name."""

from collections.abc import Iterator
from io import BytesIO
from typing import Final

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from bot.reading.archives import trouble_of
from bot.reading.columns import Row, columns_of
from bot.reading.model import Limits, Reading, Sheet, Trouble

ZIP: Final = b"PK\x03\x04"
COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Excel up to 2003, and any newer workbook with a password."""
SHEETS: Final = 50
NAME_SHOWN: Final = 40
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BOOK = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book"))


def is_workbook(content: bytes) -> bool:
    """Whether the file begins as a workbook does."""
    return content.startswith((ZIP, COMPOUND))


def read_workbook(content: bytes, limits: Limits) -> Reading:
    """The number columns of every sheet that can be seen."""
    trouble = trouble_of(content) if content.startswith(ZIP) else _trouble_of_compound(content)
    if trouble is not None:
        return Reading(kind="other" if trouble is Trouble.OTHER_KIND else "table", trouble=trouble)
    try:
        with load_workbook(BytesIO(content)) as book:
            return _read(book, limits)
    except PasswordError:
        return Reading(kind="table", trouble=Trouble.LOCKED)
    except (CalamineError, OSError, ValueError):
        return Reading(kind="table", trouble=Trouble.DAMAGED)


def _trouble_of_compound(content: bytes) -> Trouble | None:
    if _ENCRYPTED in content:
        return Trouble.LOCKED
    return None if any(name in content for name in _BOOK) else Trouble.OTHER_KIND  # Word and mail lie in it too


def _read(book: CalamineWorkbook, limits: Limits) -> Reading:
    visible, hidden = [], []
    for index, about in enumerate(book.sheets_metadata[:SHEETS]):
        if about.typ is not SheetTypeEnum.WorkSheet:
            continue
        if about.visible is SheetVisibleEnum.Visible:
            visible.append((about.name, index))
        else:
            hidden.append(about.name[:NAME_SHOWN])
    sheets = []
    for name, index in visible:
        columns = columns_of(_rows(book.get_sheet_by_index(index)), most=limits.max_numbers)
        if columns:
            sheets.append(Sheet(name=name[:NAME_SHOWN] if len(visible) > 1 else "", columns=columns))
    trouble = None if sheets else Trouble.NO_NUMBERS
    return Reading(kind="table", trouble=trouble, sheets=tuple(sheets), hidden=tuple(hidden))


def _rows(sheet: CalamineSheet) -> Iterator[Row]:
    """Rows as the program numbers them, cells from column A on; the library leaves empty columns before them out."""
    if sheet.start is None:
        return
    before = [None] * sheet.start[1]
    for number, values in enumerate(sheet.iter_rows(), start=1):
        if any(value != "" for value in values):
            yield number, [*before, *values]

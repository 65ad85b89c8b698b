"""Reading a workbook back."""

from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook


def rows_of(content: bytes) -> list[dict[str, Any]]:
    """The rows of the list, by the first line of each heading; empty cells are empty texts."""
    heading, *rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    names = [str(name).partition("\n")[0] for name in heading]
    return [dict(zip(names, row, strict=True)) for row in rows]


def about(content: bytes) -> dict[str, str]:
    """The sheet that says what the list is."""
    sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(1)
    return {str(label): str(value) for label, value in sheet.to_python()}

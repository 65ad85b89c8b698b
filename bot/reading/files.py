"""Any file: what it is by its first bytes, whatever it is called, and what it holds."""

from bot.reading.columns import columns_of
from bot.reading.markup import is_markup, rows_of_markup
from bot.reading.model import Limits, Reading, Sheet, Trouble
from bot.reading.pictures import is_picture
from bot.reading.textfiles import decoded, rows_of


def read_file(content: bytes, limits: Limits) -> Reading:
    """Numbers of a table, codes of a picture, or why there are none."""
    if not content.strip():
        return Reading(kind="other", trouble=Trouble.NO_NUMBERS)
    if is_picture(content):
        from bot.reading.labels import read_label  # here: a table needs no picture library, nor the reverse

        return read_label(content, limits)
    from bot.reading.workbooks import is_workbook, read_workbook

    return read_workbook(content, limits) if is_workbook(content) else _read_text(content, limits)


def _read_text(content: bytes, limits: Limits) -> Reading:
    text = decoded(content)
    if isinstance(text, Trouble):
        return Reading(kind="other", trouble=text)
    rows = rows_of_markup(text) if is_markup(text) else rows_of(text)
    columns = columns_of(rows, most=limits.max_numbers)
    if not columns:
        return Reading(kind="table", trouble=Trouble.NO_NUMBERS)
    return Reading(kind="table", sheets=(Sheet(columns=columns),))

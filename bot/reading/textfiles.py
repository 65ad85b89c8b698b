"""Tables written as text: UTF-8 with or without its mark, UTF-16, GB 18030; any of four separators."""

import codecs
import csv
from collections.abc import Iterator
from io import StringIO
from typing import Final

from bot.reading.columns import Row
from bot.reading.model import Trouble

SEPARATORS: Final = ",;\t|"
LINES_TRIED: Final = 20
LOOKED_AT: Final = 20_000
LONGEST_FIELD: Final = 1_000_000
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_PLAIN_CONTROL = "\t\n\r\f\x1a"


def decoded(content: bytes) -> str | Trouble:
    """The text; it is no text when no encoding fits, or when it holds what no text holds."""
    text = _strictly(content)
    if text is None or any(char < " " and char not in _PLAIN_CONTROL for char in text[:10_000]):
        return Trouble.OTHER_KIND
    return text


def _strictly(content: bytes) -> str | None:
    marked = [name for mark, name in _MARKS if content.startswith(mark)]
    for encoding in marked or ("utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def rows_of(text: str) -> Iterator[Row]:
    """Rows with the number of the line they end on; a line that breaks the rules of CSV is one cell."""
    csv.field_size_limit(LONGEST_FIELD)
    lines = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    reader = csv.reader(StringIO(lines), delimiter=_separator(lines))
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a field without end: the rows before it are read
            return
        yield reader.line_num, row


def _separator(text: str) -> str:
    """The sign that parts the most of the first lines."""
    lines = text[:LOOKED_AT].splitlines()[:LINES_TRIED]
    return max(SEPARATORS, key=lambda sign: (sum(sign in one for one in lines), sum(one.count(sign) for one in lines)))

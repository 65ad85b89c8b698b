"""Looks into a workbook's archive before anything unpacks it as a whole: what it would become in memory."""

import re
import zipfile
from io import BytesIO
from typing import Final

from bot.reading.model import Trouble

UNPACKED_BYTES: Final = 300_000_000
"""Of all parts together; 20,000 rows of twenty columns take about a tenth of it."""
CELLS: Final = 4_000_000
"""Room a sheet would take: its last row times its columns, empty ones too."""
FILES: Final = 5_000
_PIECE: Final = 1 << 18
_OVERLAP: Final = 32
_PLACE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_BOOK = "xl/workbook.xml"


def trouble_of(content: bytes) -> Trouble | None:
    """What speaks against unpacking a workbook."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _of_archive(archive)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError):
        return Trouble.DAMAGED
    except RuntimeError:  # zipfile's word for an encrypted part
        return Trouble.LOCKED
    except Exception:  # noqa: BLE001 - a hostile archive fails in ways zlib and lzma choose; its sender is told
        return Trouble.DAMAGED


def _of_archive(archive: zipfile.ZipFile) -> Trouble | None:
    parts = archive.infolist()
    if all(part.filename != _BOOK for part in parts):
        return Trouble.OTHER_KIND  # Word, a binary or an open document: nothing here knows how large it becomes
    if len(parts) > FILES or sum(part.file_size for part in parts) > UNPACKED_BYTES:
        return Trouble.BOMB
    unpacked = 0
    for part in parts:
        size, cells = _measured(archive, part, UNPACKED_BYTES - unpacked)
        unpacked += size
        if unpacked > UNPACKED_BYTES or cells > CELLS:
            return Trouble.BOMB
    return None


def _measured(archive: zipfile.ZipFile, part: zipfile.ZipInfo, room: int) -> tuple[int, int]:
    """True size of a part, whatever the archive says of it, and the room its cells take."""
    is_sheet = _SHEET.fullmatch(part.filename) is not None
    size, rows, columns, rest = 0, 0, 0, b""
    with archive.open(part) as stream:
        while size <= room and (piece := stream.read(_PIECE)):
            size += len(piece)
            if not is_sheet:
                continue
            for letters, row in _PLACE.findall(rest + piece):
                rows, columns = max(rows, int(row)), max(columns, _column(letters))
            rest = piece[-_OVERLAP:]
    return size, rows * columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number

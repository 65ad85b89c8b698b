"""Which encoding a file is in: byte-order mark, else strict UTF-8, else strict GB 18030, else nothing we take."""

import codecs
from pathlib import Path

from bot.errors import ParcelbridgeError

_PIECE = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def encoding_of(path: Path) -> str:
    """The codec to read a file with; reads it once, in pieces. Raises `ParcelbridgeError` naming the fix."""
    with path.open("rb") as file:
        head = file.read(4)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    for name in ("utf-8", "gb18030"):
        if _reads(path, name):
            return name
    raise ParcelbridgeError(f"{path}: is neither UTF-8 nor GB 18030 text; save it as CSV in UTF-8")


def _reads(path: Path, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)("strict")
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True

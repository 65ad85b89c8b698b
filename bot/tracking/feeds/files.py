"""Loading a file: its format found, its rows stored batch by batch, what was refused written beside it."""

import csv
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from bot.errors import ParcelbridgeError
from bot.tracking.feeds.csv import CsvSource, read_csv
from bot.tracking.feeds.jsonl import read_jsonl
from bot.tracking.ingest import Counts, EventRow, Ingest, Rejected
from bot.tracking.ingest.service import BATCH_ROWS

_ZIP = b"PK\x03\x04"
_PIECE = 1 << 20
FORMATS = ("auto", "csv", "jsonl")
GC_AFTER = 200_000
"""Objects made between two collections while a file is loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFeed:
    """A file and how it is to be read."""

    path: Path
    format: str
    partner: str | None
    source: str
    zone: ZoneInfo
    now: datetime
    partners: frozenset[str] | None = None
    """Codes of the partners there are; None: not checked."""

    def rows(self) -> Iterator[EventRow | Rejected]:
        """Its rows. Raises `ParcelbridgeError` when the file cannot be used."""
        if not self.path.is_file():
            what = "is a folder; name a file in it" if self.path.is_dir() else "no such file; check the path"
            raise ParcelbridgeError(f"{self.path}: {what}")
        if _begins_as_archive(self.path):
            raise ParcelbridgeError(f"{self.path}: is a spreadsheet or an archive; save the sheet as CSV in UTF-8")
        if self._format() == "jsonl":
            return read_jsonl(
                self.path, partner=self.partner, source=self.source, now=self.now, partners=self.partners
            )
        if self.path.stat().st_size == 0:
            raise ParcelbridgeError(f"{self.path}: is empty; name a file with a heading and rows")
        return read_csv(CsvSource(self.path, self.source, self.partner, self.zone, self.now, self.partners))

    def about(self) -> int | None:
        """How many rows it has, about; None when it cannot be read, which `rows` says better."""
        lines, last = 0, b"\n"
        try:
            with self.path.open("rb") as file:
                while piece := file.read(_PIECE):
                    lines, last = lines + piece.count(b"\n"), piece[-1:]
            return max(0, lines + (last not in b"\n\0") - (self._format() == "csv"))
        except OSError:
            return None

    def _format(self) -> str:
        if self.format != "auto":
            return self.format
        with self.path.open("rb") as file:
            head = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
        return "jsonl" if head.startswith(b"{") else "csv"


async def load_file(
    feed: FileFeed, ingest: Ingest, *, partners: frozenset[str], on_rows: Callable[[int], None]
) -> Counts:
    """Store a file's rows; `on_rows` hears how many were read. Refused rows go to `FILE.rejected.csv`."""
    counts, rows = Counts(), replace(feed, partners=partners).rows()
    with _Refused(feed.path) as refused, _rare_collections():
        batch: list[EventRow] = []
        for row in rows:
            counts.read += 1
            if isinstance(row, Rejected):
                counts.rejected += 1
                refused.write(row)
            else:
                batch.append(row)
            if len(batch) == BATCH_ROWS:
                _sum(counts, await ingest.take(batch))
                batch = []
                on_rows(counts.read)
        if batch:
            _sum(counts, await ingest.take(batch))
        on_rows(counts.read)
    return counts


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Rows are many and never circular: looking through them for circles would cost a tenth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(GC_AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _begins_as_archive(path: Path) -> bool:
    """A workbook is an archive, whatever its name says."""
    try:
        with path.open("rb") as file:
            return file.read(len(_ZIP)) == _ZIP
    except OSError:  # reading it says better why
        return False


def _sum(counts: Counts, batch: Counts) -> None:
    counts.new += batch.new
    counts.duplicate += batch.duplicate
    counts.unknown += batch.unknown
    counts.quarantined += batch.quarantined


class _Refused:
    """`FILE.rejected.csv`, made when the first row is refused; one of an earlier run is removed."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".rejected.csv")
        self._file: TextIO | None = None

    def __enter__(self) -> "_Refused":
        self._path.unlink(missing_ok=True)
        return self

    def write(self, row: Rejected) -> None:
        """Append one row."""
        if self._file is None:
            self._file = self._path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._file).writerow(["line", "reason", "row"])
        csv.writer(self._file).writerow([row.line, row.reason, row.row])

    def __exit__(self, *exc: object) -> None:
        if self._file is not None:
            self._file.close()

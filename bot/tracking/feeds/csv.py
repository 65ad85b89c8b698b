"""Partners' CSV files: any of three separators, headings in either language, read as a stream."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.errors import ParcelbridgeError
from bot.tracking.feeds.csvrow import RowReader, is_number, number_of
from bot.tracking.feeds.encoding import encoding_of
from bot.tracking.feeds.headers import columns_of
from bot.tracking.ingest.objects import BadRow
from bot.tracking.ingest.rows import EventRow, Rejected

VALID_SHARE = 0.8
SHOWN_ROWS = 5
MAX_LINE = 4_000_000
"""Characters; what is longer is no line of a table, and is read in pieces so that memory stays bounded."""
_SEPARATORS = ",;\t"
_BROKEN = "\x00"


@dataclass(frozen=True, slots=True)
class CsvSource:
    """How rows of a file are to be read."""

    path: Path
    source: str
    partner: str | None
    zone: ZoneInfo
    now: datetime
    partners: frozenset[str] | None = None
    """Codes of the partners there are; None: not checked."""


Line = tuple[int, list[str]]


def read_csv(feed: CsvSource) -> Iterator[EventRow | Rejected]:
    """Rows of the file, one by one. Raises `ParcelbridgeError` when the file as a whole cannot be used."""
    csv.field_size_limit(MAX_LINE)
    encoding = encoding_of(feed.path)
    columns, separator = _heading(feed.path, encoding)
    _check_numbers(feed.path, _lines(feed.path, encoding, separator), columns["number"])
    reader = RowReader(
        source=feed.source, partner=feed.partner, zone=feed.zone, now=feed.now, partners=feed.partners, columns=columns
    )
    for line, fields in _lines(feed.path, encoding, separator):
        try:
            if fields[0].startswith(_BROKEN):
                raise BadRow(f"the line is not CSV: {fields[0][1:]}")
            yield reader.row(line, fields)
        except BadRow as error:
            yield Rejected(line, str(error), separator.join(field[:200] for field in fields)[:2_000])


def _heading(path: Path, encoding: str) -> tuple[Mapping[str, int], str]:
    """Position of every known column, and the separator."""
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline(MAX_LINE)
    separator = max(_SEPARATORS, key=first.count)
    columns = columns_of(next(csv.reader([first], delimiter=separator), []))
    missing = [name for name in ("number", "occurred") if name not in columns]
    if "milestone" not in columns and "code" not in columns:
        missing.append("milestone")
    if missing:
        known = {"number": "运单号 / tracking_no", "occurred": "节点时间 / time", "milestone": "节点 / milestone"}
        wanted = ", ".join(known[name] for name in missing)
        raise ParcelbridgeError(f"{path}: line 1: no column for {wanted}; add a heading of that name")
    return columns, separator


def _lines(path: Path, encoding: str, separator: str) -> Iterator[Line]:
    """Rows with the line they end on; empty ones are left out, what is not CSV is marked."""
    with path.open(encoding=encoding, newline="") as file:
        pieces = iter(lambda: file.readline(MAX_LINE), "")
        reader = csv.reader((piece.replace(_BROKEN, "") for piece in pieces), delimiter=separator)
        next(reader, None)
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield reader.line_num, [f"{_BROKEN}{error}"]
                continue
            if any(field and not field.isspace() for field in row):
                yield reader.line_num, row


def _check_numbers(path: Path, lines: Iterator[Line], column: int) -> None:
    """Refuse the file when its number column is something else."""
    total = wrong = 0
    shown: list[str] = []
    for line, fields in lines:
        total += 1
        text = fields[column] if column < len(fields) else ""
        if is_number(text):
            continue
        try:
            number_of(text)
        except BadRow as error:
            wrong += 1
            if len(shown) < SHOWN_ROWS:
                shown.append(f"line {line}: {error}")
    if total and wrong > (1 - VALID_SHARE) * total:
        raise ParcelbridgeError(
            f"{path}: the number column is valid in only {total - wrong} of {total} rows "
            f"({'; '.join(shown)}); is it the right column? nothing was taken"
        )

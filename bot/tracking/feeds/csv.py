"""Partners' CSV files: any of three separators, headings in either language, read as a stream."""

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.errors import ParcelbridgeError
from bot.store.schema import to_micros
from bot.tracking.codes import HOLDS, MILESTONE, OVERLAYS, REASON, Precision
from bot.tracking.feeds.encoding import encoding_of
from bot.tracking.feeds.headers import columns_of, instant_of, milestone_of, reason_in
from bot.tracking.ingest.objects import BadRow
from bot.tracking.ingest.rows import EventRow, Rejected
from bot.tracking.refs import Ref, as_kind

SAMPLE_ROWS = 200
VALID_SHARE = 0.8
SHOWN_ROWS = 5
MAX_FIELD = 1_000
_SEPARATORS = ",;\t"
_NUMBER = re.compile(r"[A-Z0-9]{6,40}")
_HALF_DAY = timedelta(hours=12)
_OF_LINEHAUL = frozenset(MILESTONE[f"LINEHAUL_{name}"] for name in (
    "DEPARTED", "TRANSIT_ARRIVED", "TRANSIT_DEPARTED", "ARRIVED"))


@dataclass(frozen=True, slots=True)
class CsvSource:
    """How rows of a file are to be read."""

    path: Path
    source: str
    partner: str | None
    zone: ZoneInfo
    now: datetime


def read_csv(feed: CsvSource) -> Iterator[EventRow | Rejected]:
    """Rows of the file, one by one. Raises `ParcelbridgeError` when the file as a whole cannot be used."""
    csv.field_size_limit(10_000_000)
    encoding = encoding_of(feed.path)
    with feed.path.open(encoding=encoding, newline="") as file:
        first = file.readline(1_000_000)
        separator = max(_SEPARATORS, key=first.count)
        columns = columns_of(next(csv.reader([first], delimiter=separator), []))
        _check_columns(feed.path, columns)
        reader = csv.reader((line.replace("\x00", "") for line in file), delimiter=separator)
        head = list(islice(_lines(reader), SAMPLE_ROWS))
        _check_numbers(feed.path, head, columns["number"])
        yield from _rows(feed, iter(head), columns)
        yield from _rows(feed, _lines(reader), columns)


Line = tuple[int, list[str]]


def _lines(reader: Iterator[list[str]]) -> Iterator[Line]:
    number = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number + 1, [f"\x00{error}"]
            continue
        finally:
            number = getattr(reader, "line_num", number) + 1
        if any(field.strip() for field in row):
            yield number, row


def _rows(feed: CsvSource, lines: Iterator[Line], columns: Mapping[str, int]) -> Iterator[EventRow | Rejected]:
    for line, fields in lines:
        try:
            yield _row(feed, {name: fields[at].strip() for name, at in columns.items() if at < len(fields)}, fields)
        except BadRow as error:
            yield Rejected(line, str(error), ",".join(field[:200] for field in fields)[:2_000])


def _row(feed: CsvSource, value: Mapping[str, str], fields: list[str]) -> EventRow:
    if fields and fields[0].startswith("\x00"):
        raise BadRow(f"the line is not CSV: {fields[0][1:]}")
    for name, text in value.items():
        if len(text) > MAX_FIELD:
            raise BadRow(f"{name} has {len(text)} characters; at most {MAX_FIELD}")
    number = _number(value.get("number", ""))
    partner = value.get("partner") or feed.partner
    if feed.partner is not None and partner != feed.partner:
        raise BadRow(f"partner = {partner!r}: only rows of {feed.partner!r} are taken here")
    if partner is None:
        raise BadRow("the row names no partner; name one with --partner")
    milestone, code = milestone_of(value.get("milestone") or value.get("code", ""))
    place, note = value.get("location") or None, value.get("note") or None
    occurred, precision, zone = instant_of(value.get("occurred", ""), zone=feed.zone, place=place)
    haul, units = _carriers(value)
    reason = value.get("reason") if value.get("reason") in REASON else reason_in(note or "")
    if precision == Precision.DAY:
        occurred += _HALF_DAY  # the noon of the day
    return EventRow(
        milestone=milestone, received=to_micros(feed.now), number=number, partner=partner, linehaul=haul, units=units,
        of_linehaul=haul is not None and milestone in _OF_LINEHAUL, occurred=to_micros(occurred), precision=precision,
        lane=value.get("lane") or None, location=place, source=feed.source, operator=value.get("operator") or None,
        zone=zone, code=code, note=note,
        reason=REASON[reason] if reason and (milestone in HOLDS or milestone >= OVERLAYS) else None,
    )


def _carriers(value: Mapping[str, str]) -> tuple[Ref | None, tuple[Ref, ...]]:
    """The flight or train, and the units inside it from the innermost to the waybill or container."""
    units = tuple(
        as_kind(text, kind)
        for name, kind in (("bag", "bag"), ("container", "container"), ("waybill", "consignment"))
        if (text := value.get(name, ""))
    )
    movement = value.get("movement", "")
    return (as_kind(movement, "movement") if movement else None), units


def _number(text: str) -> str:
    number = re.sub(r"[\s-]+", "", unicodedata.normalize("NFKC", text)).upper()
    if not _NUMBER.fullmatch(number):
        raise BadRow(f"number = {text[:40]!r}: is not a tracking number; correct it")
    return number


def _check_columns(path: Path, columns: Mapping[str, int]) -> None:
    missing = [name for name in ("number", "occurred") if name not in columns]
    if "milestone" not in columns and "code" not in columns:
        missing.append("milestone")
    if missing:
        known = {"number": "运单号 / tracking_no", "occurred": "节点时间 / time", "milestone": "节点 / milestone"}
        wanted = ", ".join(known[name] for name in missing)
        raise ParcelbridgeError(f"{path}: line 1: no column for {wanted}; add a heading of that name")


def _check_numbers(path: Path, head: list[Line], column: int) -> None:
    bad: list[str] = []
    for line, fields in head:
        try:
            _number(fields[column] if column < len(fields) else "")
        except BadRow as error:
            bad.append(f"line {line}: {error}")
    if head and len(bad) > (1 - VALID_SHARE) * len(head):
        raise ParcelbridgeError(
            f"{path}: the number column is valid in only {len(head) - len(bad)} of {len(head)} rows "
            f"({'; '.join(bad[:SHOWN_ROWS])}); is it the right column? nothing was taken"
        )

"""Headings, milestone names and dates as partners write them."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.tracking.codes import INFO, MILESTONE, QUALITY, Precision, read_rows
from bot.tracking.ingest.objects import BadRow

_TABLE = tomllib.loads((Path(__file__).parents[1] / "data" / "headers.toml").read_text(encoding="utf-8"))
_COLUMNS = {alias: name for name, aliases in _TABLE["columns"].items() for alias in aliases}
_MILESTONES = {alias: name for name, aliases in _TABLE["milestones"].items() for alias in aliases}
_CODES = {row["code"]: (MILESTONE[row["milestone"]], row["reason"] or None) for row in read_rows("codes_cainiao.csv")}
_REASONS: Mapping[str, Sequence[str]] = _TABLE["reasons"]
_BELGIAN_PLACES = ("列日", "布鲁塞尔", "LIEGE", "LIÈGE", "BRUSSELS", "LGG", "BRU")
_DATE = re.compile(
    r"(20[0-9]{2})[-/.年](1[0-2]|0?[1-9])[-/.月](3[01]|[12][0-9]|0?[1-9])日?"
    r"(?:[ T]*([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?)?"
)
BELGIUM = ZoneInfo("Europe/Brussels")


def folded(text: str) -> str:
    """A heading or name for comparison."""
    return re.sub(r"[\s_\-.]+", "", unicodedata.normalize("NFKC", text)).casefold()


def columns_of(headings: Sequence[str]) -> Mapping[str, int]:
    """Position of every column we know."""
    found: dict[str, int] = {}
    for index, heading in enumerate(headings):
        name = _COLUMNS.get(folded(heading.lstrip("\ufeff")))
        if name is not None:
            found.setdefault(name, index)
    return found


@lru_cache(maxsize=4096)
def milestone_of(text: str) -> tuple[int, str | None, str | None]:
    """Our milestone for a source's word, the word, and the reason it implies.

    A word nobody knows is information, kept as the code; never a guess.
    """
    name = unicodedata.normalize("NFKC", text).strip()
    own = MILESTONE.get(name.upper())
    if own is not None:
        return own, None, None
    if (code := _CODES.get(name.upper())) is not None:
        return code[0], name.upper(), code[1]
    known = _MILESTONES.get(name)
    return (MILESTONE[known], name, None) if known is not None else (INFO, name[:120] or None, None)


def is_known(code: str) -> bool:
    """Whether a source's word means something to us, be it plain information."""
    return code in _CODES or code in _MILESTONES


def reason_in(note: str) -> str | None:
    """The reason code a note speaks of."""
    return next((code for code, words in _REASONS.items() if any(word in note for word in words)), None)


def instant_of(
    text: str, *, zone: ZoneInfo, place: str | None, name: str = "time"
) -> tuple[datetime, Precision, str, int]:
    """An aware UTC instant, its precision, the zone it was read in, quality bits. Raises `BadRow`."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if place is not None and place.strip().upper() in _BELGIAN_PLACES:
        zone = BELGIUM
    hit = _DATE.fullmatch(plain)
    if hit is None:
        return _with_offset(plain, text, name)
    year, month, day, hour, minute, second = (int(part) if part else 0 for part in hit.groups())
    try:
        local = datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        raise BadRow(f"{name} = {text[:40]!r}: there is no such day; correct it") from None
    precision = Precision.DAY if hit[4] is None else Precision.SECOND if hit[6] else Precision.MINUTE
    return local.astimezone(UTC), precision, zone.key, _quality(local)


def _quality(local: datetime) -> int:
    """The hour the clocks repeat is taken as its first, the hour they skip as the next; both are marked."""
    return 0 if local.utcoffset() == local.replace(fold=1).utcoffset() else QUALITY["tz_assumed"]


def _with_offset(plain: str, text: str, name: str) -> tuple[datetime, Precision, str, int]:
    try:
        instant = datetime.fromisoformat(plain)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise BadRow(f"{name} = {text[:40]!r}: is not a time; write it as 2026-11-24 10:20 or with an offset")
    return instant.astimezone(UTC), Precision.SECOND, "offset", 0

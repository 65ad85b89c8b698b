"""Headings, milestone names and dates as partners write them."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.tracking.codes import INFO, MILESTONE, Precision
from bot.tracking.ingest.objects import BadRow

_TABLE = tomllib.loads((Path(__file__).parents[1] / "data" / "headers.toml").read_text(encoding="utf-8"))
_COLUMNS = {alias: name for name, aliases in _TABLE["columns"].items() for alias in aliases}
_MILESTONES = {alias: name for name, aliases in _TABLE["milestones"].items() for alias in aliases}
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


def milestone_of(text: str) -> tuple[int, str | None]:
    """Our name for a source's word; a word nobody knows is information, kept as the code. Never a guess."""
    name = unicodedata.normalize("NFKC", text).strip()
    own = MILESTONE.get(name.upper())
    if own is not None:
        return own, None
    known = _MILESTONES.get(name)
    return (MILESTONE[known], name) if known is not None else (INFO, name[:120])


def reason_in(note: str) -> str | None:
    """The reason code a note speaks of."""
    return next((code for code, words in _REASONS.items() if any(word in note for word in words)), None)


def instant_of(text: str, *, zone: ZoneInfo, place: str | None) -> tuple[datetime, Precision, str]:
    """An aware UTC instant, its precision, and the zone it was read in. Raises `BadRow`."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if place is not None and place.strip().upper() in _BELGIAN_PLACES:
        zone = BELGIUM
    hit = _DATE.fullmatch(plain)
    if hit is None:
        return _with_offset(plain, text)
    year, month, day, hour, minute, second = (int(part) if part else 0 for part in hit.groups())
    try:
        local = datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        raise BadRow(f"time = {text[:40]!r}: there is no such day; correct it") from None
    precision = Precision.DAY if hit[4] is None else Precision.SECOND if hit[6] else Precision.MINUTE
    return local.astimezone(UTC), precision, zone.key


def _with_offset(plain: str, text: str) -> tuple[datetime, Precision, str]:
    try:
        instant = datetime.fromisoformat(plain)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise BadRow(f"time = {text[:40]!r}: is not a time; write it as 2026-11-24 10:20 or with an offset")
    return instant.astimezone(UTC), Precision.SECOND, "offset"

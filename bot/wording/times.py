"""Instants, days and lengths of time the way readers write them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.dates import format_date
from babel.numbers import format_decimal

from bot.wording.catalogs import catalog
from bot.wording.seams import fill

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_SHORT_HOURS = 6  # up to here the minutes are worth saying
_NEAR = {0: "when.today", -1: "when.yesterday", 1: "when.tomorrow"}


@dataclass(frozen=True, slots=True)
class Times:
    """Formats bound to language, zone and the present instant."""

    language: Literal["en", "zh-Hans", "zh-Hant"]
    zone: ZoneInfo
    now: datetime

    def number(self, value: float) -> str:
        """A number with the reader's grouping: `12,034`."""
        return _number(self.language, value)

    def when(self, instant: datetime) -> str:
        """Day and time in the reader's zone, its name included: `today 14:20 (Beijing time)`."""
        return self._text("when.with_zone", when=self.clock(instant), zone=self.zone_name)

    def clock(self, instant: datetime) -> str:
        """The same without the zone's name, for lists whose heading or footer names it."""
        return _clock(self.language, self.zone, instant, self._today)

    def day(self, day: date | datetime) -> str:
        """A day: `Tue 24 Nov`, `11月24日周二`. An instant is read in the reader's zone."""
        return _day_of_year(self.language, self._local(day), self._today)

    def near_day(self, day: date | datetime) -> str:
        """A day, the nearest ones by name: `today`, `昨天`."""
        return _near(self.language, self._local(day), self._today)

    def days(self, first: date | datetime, last: date | datetime) -> str:
        """A range of days, or the one day: `24–26 Nov`, `11月24日至26日`."""
        start, end = self._local(first), self._local(last)
        if end <= start:
            return self.day(start)
        year = "" if start.year == end.year == self._today.year else "_and_year"
        same_month = (start.year, start.month) == (end.year, end.month)
        return self._text(
            "when.range_in_month" if same_month else "when.range",
            first=_day(self.language, start, f"range_in_month_first{year}" if same_month else f"range{year}"),
            last=_day(self.language, end, f"range_in_month_last{year}" if same_month else f"range{year}"),
        )

    def length(self, span: timedelta) -> str:
        """A length of time in its largest unit, or two where the second matters: `50 min`, `3 h 20 min`, `2 days`."""
        seconds = max(0, int(span.total_seconds()))
        if seconds < _HOUR:
            return self._text("when.minutes", n=max(1, seconds // _MINUTE))
        hours, minutes = seconds // _HOUR, seconds % _HOUR // _MINUTE
        if hours < _SHORT_HOURS and minutes:
            return self._text("when.hours_and_minutes", hours=hours, minutes=minutes)
        if seconds < 2 * _DAY:
            return self._text("when.hours", n=hours)
        return self._text("when.days", n=self.number(seconds // _DAY))

    def age(self, instant: datetime) -> str:
        """How long ago: `just now`, `5 min ago`, `3 小时前`."""
        span = self.now - instant
        if span < timedelta(seconds=_MINUTE):
            return self._text("when.just_now")
        return self._text("when.ago", length=self.length(span))

    @property
    def zone_name(self) -> str:
        """The zone's name for people: `Beijing time`, `布鲁塞尔时间`."""
        return _zone_name(self.language, self.zone.key)

    @property
    def _today(self) -> date:
        return _local_date(self.zone, self.now)

    def _local(self, day: date | datetime) -> date:
        return day.astimezone(self.zone).date() if isinstance(day, datetime) else day

    def _text(self, key: str, **values: object) -> str:
        text = catalog(self.language).forms[key][0]
        return text.format_map(values) if values else text


@lru_cache(maxsize=64)
def _local_date(zone: ZoneInfo, now: datetime) -> date:
    """Today; an answer asks for it a dozen times."""
    return now.astimezone(zone).date()


@lru_cache(maxsize=4096)
def _clock(language: str, zone: ZoneInfo, instant: datetime, today: date) -> str:
    """Day and time. The instants of a flight are told of every parcel on it."""
    local = instant.astimezone(zone)
    text = catalog(language).forms["when.day_and_time"][0]
    return text.format(day=_near(language, local.date(), today), time=f"{local.hour:02}:{local.minute:02}")


def _near(language: str, day: date, today: date) -> str:
    known = _NEAR.get((day - today).days)
    return catalog(language).forms[known][0] if known else _day_of_year(language, day, today)


def _day_of_year(language: str, day: date, today: date) -> str:
    return _day(language, day, "day" if day.year == today.year else "day_and_year")


@lru_cache(maxsize=4096)
def _number(language: str, value: float) -> str:
    return format_decimal(value, locale=catalog(language).locale)


@lru_cache(maxsize=4096)
def _day(language: str, day: date, pattern: str) -> str:
    book = catalog(language)
    return format_date(day, book.forms[f"when.pattern.{pattern}"][0], locale=book.locale)


@lru_cache(maxsize=1024)
def _zone_name(language: str, key: str) -> str:
    """Our own name for the zones we live in, else the zone's city in the reader's language."""
    book = catalog(language)
    known = book.forms.get(f"when.zone.{key}")
    if known:
        return known[0]
    if key in ("UTC", "GMT") or key.startswith("Etc/"):
        return _offset_name(key)
    return fill(book.forms["when.zone_of_city"][0], {"city": _city(book.locale, key)})


def _city(locale: Locale, key: str) -> str:
    """The zone's city; CLDR still keeps some under their former names (Asia/Calcutta)."""
    former = (old for old, new in get_global("zone_aliases").items() if new == key)
    for name in (key, *former):
        city = locale.time_zones.get(name, {}).get("city")
        if city:
            return str(city)
    return key.rpartition("/")[2].replace("_", " ")


def _offset_name(key: str) -> str:
    """Zones without a place: `UTC`, `UTC+8`."""
    offset = ZoneInfo(key).utcoffset(datetime(2026, 1, 1, tzinfo=UTC)) or timedelta(0)
    hours = int(offset.total_seconds()) // _HOUR
    return f"UTC{hours:+d}" if hours else "UTC"

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

_MINUTE, _HOUR = 60, 3_600
_MINUTES_AN_HOUR, _HOURS_A_DAY = 60, 24
_ONE_MINUTE = timedelta(minutes=1)
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
        return _when(self.language, self.zone, instant, self._today)

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
        return _days(self.language, self._local(first), self._local(last), self._today.year)

    def length(self, span: timedelta) -> str:
        """A length of time in its largest unit, or two where the second matters: `50 min`, `3 h 20 min`, `2 days`."""
        return _length(self.language, max(0, int(span.total_seconds())) // _MINUTE)

    def age(self, instant: datetime) -> str:
        """How long ago: `just now`, `5 min ago`, `3 小时前`."""
        span = self.now - instant
        if span < _ONE_MINUTE:
            return catalog(self.language).sentences["when.just_now"]
        return _ago(self.language, int(span.total_seconds()) // _MINUTE)

    @property
    def zone_name(self) -> str:
        """The zone's name for people: `Beijing time`, `布鲁塞尔时间`."""
        return _zone_name(self.language, self.zone.key)

    @property
    def _today(self) -> date:
        return _local_date(self.zone, self.now)

    def _local(self, day: date | datetime) -> date:
        return day.astimezone(self.zone).date() if isinstance(day, datetime) else day


def _text(language: str, key: str, **values: object) -> str:
    return catalog(language).sentences[key].format_map(values)


@lru_cache(maxsize=64)
def _local_date(zone: ZoneInfo, now: datetime) -> date:
    """Today; an answer asks for it a dozen times."""
    return now.astimezone(zone).date()


@lru_cache(maxsize=4096)
def _clock(language: str, zone: ZoneInfo, instant: datetime, today: date) -> str:
    """Day and time. The instants of a flight are told of every parcel on it."""
    local = instant.astimezone(zone)
    day = _near(language, local.date(), today)
    return _text(language, "when.day_and_time", day=day, time=f"{local.hour:02}:{local.minute:02}")


@lru_cache(maxsize=4096)
def _when(language: str, zone: ZoneInfo, instant: datetime, today: date) -> str:
    when = _clock(language, zone, instant, today)
    return _text(language, "when.with_zone", when=when, zone=_zone_name(language, zone.key))


def _near(language: str, day: date, today: date) -> str:
    known = _NEAR.get((day - today).days)
    return catalog(language).sentences[known] if known else _day_of_year(language, day, today)


def _day_of_year(language: str, day: date, today: date) -> str:
    return _day(language, day, "day" if day.year == today.year else "day_and_year")


@lru_cache(maxsize=1024)
def _days(language: str, first: date, last: date, this_year: int) -> str:
    if last <= first:
        return _day(language, first, "day" if first.year == this_year else "day_and_year")
    year = "" if first.year == last.year == this_year else "_and_year"
    same_month = (first.year, first.month) == (last.year, last.month)
    return _text(
        language, "when.range_in_month" if same_month else "when.range",
        first=_day(language, first, f"range_in_month_first{year}" if same_month else f"range{year}"),
        last=_day(language, last, f"range_in_month_last{year}" if same_month else f"range{year}"),
    )


@lru_cache(maxsize=4096)
def _length(language: str, minutes: int) -> str:
    hours, rest = divmod(minutes, _MINUTES_AN_HOUR)
    if not hours:
        return _text(language, "when.minutes", n=max(1, minutes))
    if hours < _SHORT_HOURS and rest:
        return _text(language, "when.hours_and_minutes", hours=hours, minutes=rest)
    if hours < 2 * _HOURS_A_DAY:
        return _text(language, "when.hours", n=hours)
    return _text(language, "when.days", n=_number(language, hours // _HOURS_A_DAY))


@lru_cache(maxsize=4096)
def _ago(language: str, minutes: int) -> str:
    return _text(language, "when.ago", length=_length(language, minutes))


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

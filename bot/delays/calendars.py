"""Working days by country: built-in calendars, what the configuration adds, and arithmetic on local wall clocks."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import chinese_calendar
import holidays

DEFAULT_ZONE = "Europe/Brussels"
ZONES: Mapping[str, str] = {
    "AT": "Europe/Vienna", "BE": "Europe/Brussels", "BG": "Europe/Sofia", "CN": "Asia/Shanghai", "CZ": "Europe/Prague",
    "DE": "Europe/Berlin", "DK": "Europe/Copenhagen", "ES": "Europe/Madrid", "FI": "Europe/Helsinki",
    "FR": "Europe/Paris", "GB": "Europe/London", "GR": "Europe/Athens", "HU": "Europe/Budapest", "IE": "Europe/Dublin",
    "IT": "Europe/Rome", "LU": "Europe/Luxembourg", "NL": "Europe/Amsterdam", "PL": "Europe/Warsaw",
    "PT": "Europe/Lisbon", "RO": "Europe/Bucharest", "SE": "Europe/Stockholm",
}
"""Whose clock a working day of a country is read by."""
HOME = "BE"
_SATURDAY = 5


class Calendar:
    """The working days of one country. A year is looked up once and kept."""

    def __init__(self, country: str, *, off: frozenset[int] = frozenset(), on: frozenset[int] = frozenset()) -> None:
        self.country = country
        self.zone = ZoneInfo(ZONES.get(country, DEFAULT_ZONE))
        self._off, self._on = off, on
        self._works: dict[int, bool] = {}
        self._ways: dict[tuple[int, int], timedelta] = {}

    def is_working(self, day: date) -> bool:
        """True when people work that day."""
        return self._is_working(day.toordinal())

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """The same local time, that many working days later; for 0 the day itself or the next working one.

        A local time the clocks skip moves forward with them; of a doubled one the first is meant.
        """
        local = start.astimezone(self.zone)
        ordinal = local.toordinal()
        way = self._ways.get((ordinal, days))
        if way is None:
            way = self._ways[ordinal, days] = timedelta(days=self._walk(ordinal, days) - ordinal)
        return (local + way if way else local).astimezone(UTC)  # added on the wall clock

    def _walk(self, ordinal: int, days: int) -> int:
        while not self._is_working(ordinal) and days == 0:
            ordinal += 1
        while days > 0:
            ordinal += 1
            days -= self._is_working(ordinal)
        return ordinal

    def _is_working(self, ordinal: int) -> bool:
        known = self._works.get(ordinal)
        if known is None:
            self._works.update(self._year(date.fromordinal(ordinal).year))
            known = self._works[ordinal]
        return known

    def _year(self, year: int) -> dict[int, bool]:
        works = _working_days(self.country, year)
        first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        return {d: d in self._on or (d in works and d not in self._off) for d in range(first, last + 1)}


class Calendars:
    """One calendar a country, with what the configuration adds: ISO dates by country."""

    def __init__(
        self,
        days_off: Mapping[str, Sequence[str]] | None = None,
        working_days: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._off = _ordinals(days_off or {})
        self._on = _ordinals(working_days or {})
        self._made: dict[str, Calendar] = {}

    def of(self, country: str) -> Calendar:
        """The calendar of a country, ISO 3166 alpha-2; an unknown one has weekends and no holidays."""
        made = self._made.get(country)
        if made is None:
            none: frozenset[int] = frozenset()
            made = Calendar(country, off=self._off.get(country, none), on=self._on.get(country, none))
            self._made[country] = made
        return made

    def add_working_days(self, start: datetime, days: int, country: str | None) -> datetime:
        """See `Calendar.add_working_days`; where the country is not known the hub's is taken."""
        return self.of(country or HOME).add_working_days(start, days)

    def is_provisional(self, country: str, year: int) -> bool:
        """True when the official days of that year are not known yet: only China moves working days by decree."""
        return country == "CN" and not _china_knows(year)


@cache
def _working_days(country: str, year: int) -> frozenset[int]:
    """Working days of a built-in calendar, as ordinals."""
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    days = [day for day in days if day.year == year]
    if country == "CN" and _china_knows(year):
        return frozenset(day.toordinal() for day in days if chinese_calendar.is_workday(day))
    try:
        off = set(holidays.country_holidays(country, years=year))
    except NotImplementedError:
        off = set()
    return frozenset(day.toordinal() for day in days if day.weekday() < _SATURDAY and day not in off)


@cache
def _china_knows(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def _ordinals(days: Mapping[str, Sequence[str]]) -> dict[str, frozenset[int]]:
    return {
        country: frozenset(date.fromisoformat(day).toordinal() for day in listed) for country, listed in days.items()
    }

"""Working days of a country: public holidays, Chinese make-up days, and what the configuration adds."""

import warnings
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar
import holidays

ZONES: Mapping[str, str] = {
    "CN": "Asia/Shanghai", "BE": "Europe/Brussels", "NL": "Europe/Amsterdam", "FR": "Europe/Paris",
    "DE": "Europe/Berlin", "ES": "Europe/Madrid", "PL": "Europe/Warsaw", "SE": "Europe/Stockholm",
    "IT": "Europe/Rome", "LU": "Europe/Luxembourg",
    "AT": "Europe/Vienna", "GB": "Europe/London", "IE": "Europe/Dublin", "PT": "Europe/Lisbon", "FI": "Europe/Helsinki",
    "DK": "Europe/Copenhagen", "CZ": "Europe/Prague", "HU": "Europe/Budapest", "GR": "Europe/Athens",
    "RO": "Europe/Bucharest", "BG": "Europe/Sofia",
}  # fmt: skip
_HOME = "BE"
_SATURDAY = 5


class Calendars:
    """Working days, with the configured exceptions: days off and extra working days, ISO dates by country."""

    def __init__(
        self, days_off: Mapping[str, tuple[str, ...]] | None = None,
        working_days: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:  # fmt: skip
        self._off = _dates(days_off or {})
        self._extra = _dates(working_days or {})

    def is_working_day(self, country: str, day: date) -> bool:
        """True when people work there on that local day."""
        if (country, day) in self._off:
            return False
        if (country, day) in self._extra:
            return True
        return _is_working_day(country, day)

    def add_working_days(self, instant: datetime, days: float, country: str | None) -> datetime:
        """The instant that many working days later, the same wall-clock time there; parts of a day are plain hours."""
        place = country if country is not None and country in ZONES else _HOME
        local = instant.astimezone(ZoneInfo(ZONES[place]))
        whole, day = int(days), local.date()
        while whole > 0:
            day += timedelta(days=1)
            whole -= self.is_working_day(place, day)
        moved = datetime.combine(day, local.timetz())
        return (moved + timedelta(days=days - int(days))).astimezone(instant.tzinfo)


def _dates(given: Mapping[str, tuple[str, ...]]) -> frozenset[tuple[str, date]]:
    return frozenset((country, date.fromisoformat(text)) for country, texts in given.items() for text in texts)


@lru_cache(maxsize=20_000)
def _is_working_day(country: str, day: date) -> bool:
    if country == "CN":
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:  # no official days for that year yet: weekdays and known holidays serve
            pass
    return day.weekday() < _SATURDAY and day not in _holidays(country, day.year)


@lru_cache(maxsize=256)
def _holidays(country: str, year: int) -> frozenset[date]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library notes which of its calendars are estimates
        try:
            return frozenset(holidays.country_holidays(country, years=year))
        except NotImplementedError:
            return frozenset()

"""Instants, days and lengths of time the way readers write them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_name
from babel.numbers import format_decimal

from bot.wording.catalogs import catalog

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


@dataclass(frozen=True, slots=True)
class Times:
    """Formats bound to language, zone and the present instant."""

    language: str
    zone: ZoneInfo
    now: datetime

    def number(self, value: float) -> str:
        """See `Words.number`."""
        return format_decimal(value, locale=catalog(self.language).locale)

    def when(self, instant: datetime) -> str:
        """See `Words.when`."""
        return self._text("when.with_zone", when=self.clock(instant), zone=self.zone_name)

    def clock(self, instant: datetime) -> str:
        """See `Words.clock`."""
        local = instant.astimezone(self.zone)
        return self._text("when.day_and_time", day=self._near_day(local.date()), time=f"{local:%H:%M}")

    def day(self, day: date | datetime) -> str:
        """See `Words.day`."""
        local = self._local(day)
        pattern = "when.pattern.day" if local.year == self._today.year else "when.pattern.day_and_year"
        return format_date(local, self._text(pattern), locale=catalog(self.language).locale)

    def days(self, first: date | datetime, last: date | datetime) -> str:
        """See `Words.days`."""
        start, end = self.day(first), self.day(last)
        return start if start == end else self._text("when.range", first=start, last=end)

    def length(self, span: timedelta) -> str:
        """See `Words.length`."""
        seconds = max(0, int(span.total_seconds()))
        if seconds < _HOUR:
            return self._text("when.minutes", n=str(max(1, seconds // _MINUTE)))
        if seconds < 2 * _DAY:
            return self._text("when.hours", n=str(seconds // _HOUR))
        return self._text("when.days", n=str(seconds // _DAY))

    def age(self, instant: datetime) -> str:
        """See `Words.age`."""
        return self._text("when.ago", length=self.length(self.now - instant))

    @property
    def zone_name(self) -> str:
        """See `Words.zone_name`."""
        known = catalog(self.language).forms.get(f"when.zone.{self.zone.key}")
        return known[0] if known else get_timezone_name(self.zone, locale=catalog(self.language).locale)

    @property
    def _today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def _local(self, day: date | datetime) -> date:
        return day.astimezone(self.zone).date() if isinstance(day, datetime) else day

    def _near_day(self, day: date) -> str:
        known = {0: "when.today", -1: "when.yesterday", 1: "when.tomorrow"}.get((day - self._today).days)
        return self._text(known) if known else self.day(day)

    def _text(self, key: str, **values: object) -> str:
        text = catalog(self.language).forms[key][0]
        return text.format_map(values) if values else text

"""The support desk: when somebody is there, and who is told at once of what was asked."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from bot.delays.calendars import Calendar, Calendars

_LOOK_AHEAD_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Desk:
    """One desk; the defaults are those of the configuration."""

    opens: time = time(9, 0)
    closes: time = time(17, 30)
    zone: ZoneInfo = ZoneInfo("Europe/Brussels")  # noqa: RUF009 - zones are values
    calendar: Calendar = field(default_factory=lambda: Calendar("BE"))
    names: tuple[str, ...] = ()
    """Contacts by name, or `adapter:address` of a contact or a conversation; empty: whoever is operator staff."""
    adapters: frozenset[str] | None = None
    """Instances through which the desk may be told; None: any."""
    reply_only: frozenset[str] = frozenset()
    """Those of them that can only answer while a reply route lives."""
    by_address: frozenset[str] = frozenset()
    """Those through which people can be written to who never wrote to us."""

    def is_open(self, now: datetime) -> bool:
        """True while somebody is there."""
        local = now.astimezone(self.zone)
        return self.calendar.is_working(local.date()) and self.opens <= local.time() < self.closes

    def next_opening(self, now: datetime) -> datetime:
        """The present instant while the desk is open, else when it opens next."""
        if self.is_open(now):
            return now
        local = now.astimezone(self.zone)
        first = local.date() if local.time() < self.opens else local.date() + timedelta(days=1)
        days = (first + timedelta(days=ahead) for ahead in range(_LOOK_AHEAD_DAYS))
        day = next((day for day in days if self.calendar.is_working(day)), first)
        return datetime.combine(day, self.opens, self.zone).astimezone(now.tzinfo)


class DeskSettings(Protocol):
    """What of the settings makes a desk."""

    @property
    def desk(self) -> tuple[str, ...]:
        """Who is told; empty: operator staff."""

    @property
    def hours(self) -> str:
        """`09:00-17:30`."""

    @property
    def time_zone(self) -> str:
        """IANA name."""

    @property
    def calendar(self) -> str:
        """Country whose working days count."""


def desk_from(
    wanted: DeskSettings, calendars: Calendars, *, adapters: Iterable[str], reply_only: Iterable[str] = (),
    by_address: Iterable[str] = (),
) -> Desk:  # fmt: skip
    """The desk as configured; told through the configured adapters, never at an administrator's terminal."""
    opens, _, closes = wanted.hours.partition("-")
    return Desk(
        time.fromisoformat(opens), time.fromisoformat(closes), ZoneInfo(wanted.time_zone),
        calendars.of(wanted.calendar), wanted.desk, frozenset(adapters) or None, frozenset(reply_only),
        frozenset(by_address),
    )

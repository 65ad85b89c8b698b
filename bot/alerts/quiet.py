"""Quiet hours: wall-clock times of the reader, which may cross midnight and the change of clocks."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

_MINUTE = timedelta(minutes=1)


class QuietSetting(Protocol):
    """`[alerts.quiet_hours]`."""

    @property
    def enabled(self) -> bool:
        """False: messages go out at any hour."""

    @property
    def start(self) -> str:
        """`22:00`."""

    @property
    def end(self) -> str:
        """`08:00`; the same as `start`: never quiet."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When nothing but critical alerts is pushed."""

    start: time
    end: time

    @classmethod
    def of(cls, setting: QuietSetting) -> "QuietHours | None":
        """The hours as set; None when there are none."""
        start, end = time.fromisoformat(setting.start), time.fromisoformat(setting.end)
        return cls(start, end) if setting.enabled and start != end else None

    def opens_at(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """When messages may be sent again; None: they may now."""
        today = now.astimezone(zone).date()
        for day in (today - timedelta(days=1), today):
            last = day if self.start < self.end else day + timedelta(days=1)
            opens = instant(last, self.end, zone)
            if instant(day, self.start, zone) <= now < opens:
                return opens
        return None


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a local time: of a doubled one the first, for a skipped one the first that exists after it."""
    local = datetime.combine(day, at, zone)
    found = local.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return found
    before = found
    while (before - _MINUTE).astimezone(zone).utcoffset() == found.astimezone(zone).utcoffset():
        before -= _MINUTE
    return before

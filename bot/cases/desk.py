"""When somebody at the support desk reads what was asked."""

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.delays.calendars import Calendar

ZONE: Final = ZoneInfo("Europe/Brussels")
OPENS: Final = time(9, 0)
CLOSES: Final = time(17, 30)
COUNTRY: Final = "BE"
_LOOK_AHEAD_DAYS: Final = 30
_CALENDAR: Final = Calendar(COUNTRY)


def is_open(now: datetime, calendar: Calendar = _CALENDAR) -> bool:
    """True while somebody is there."""
    local = now.astimezone(ZONE)
    return calendar.is_working(local.date()) and OPENS <= local.time() < CLOSES


def next_opening(now: datetime, calendar: Calendar = _CALENDAR) -> datetime:
    """The present instant while the desk is open, else when it opens next."""
    if is_open(now, calendar):
        return now
    local = now.astimezone(ZONE)
    first = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
    days = (first + timedelta(days=ahead) for ahead in range(_LOOK_AHEAD_DAYS))
    day = next((day for day in days if calendar.is_working(day)), first)
    return datetime.combine(day, OPENS, ZONE).astimezone(now.tzinfo)

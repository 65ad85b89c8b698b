"""Days of the calendar around today, in the forms that periods are written in."""

from __future__ import annotations

from datetime import date, timedelta


def dated_exactly(year: int, month: int, day: int) -> date | None:
    """Return a day of the calendar, or None when there is no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def past(today: date, month: int, day: int) -> date | None:
    """The latest such day that is not after `today`."""
    found = dated_exactly(today.year, month, day)
    if found is None or found > today:
        return dated_exactly(today.year - 1, month, day)
    return found


def dated(today: date, year: str | None, month: int, day: int) -> date | None:
    """Return the day of a named year, or the newest such day."""
    return dated_exactly(int(year), month, day) if year else past(today, month, day)


def past_day(today: date, day: int) -> date | None:
    """Return the newest day with this number in its month."""
    found = dated_exactly(today.year, today.month, day)
    if found is not None and found <= today:
        return found
    last_month = today.replace(day=1) - timedelta(days=1)
    return dated_exactly(last_month.year, last_month.month, day)


def weekday(today: date, day: int, back: int | None, this_week: bool, since: bool) -> str:
    """Return the newest such weekday, or the one of a named week; `since` makes it a span up to today."""
    monday = today - timedelta(days=today.weekday())
    if back is not None:
        found = monday + timedelta(days=day - 7 * back)
    elif this_week:
        found = monday + timedelta(days=day)
    else:
        found = today - timedelta(days=(today.weekday() - day) % 7)
    return f"{found}/{today}" if since and found < today else found.isoformat()


def weekend(today: date, back: int) -> str:
    """Return the newest weekend, or the one before it."""
    saturday = today - timedelta(days=(today.weekday() - 5) % 7)
    if today.weekday() >= 5 and back:
        saturday -= timedelta(days=7)
    return f"{saturday}/{saturday + timedelta(days=1)}"


def black_friday(today: date) -> date:
    """Return the newest Friday after the fourth Thursday of November."""
    for year in (today.year, today.year - 1):
        first = date(year, 11, 1)
        fourth_thursday = first + timedelta(days=(3 - first.weekday()) % 7 + 21)
        if fourth_thursday + timedelta(days=1) <= today:
            break
    return fourth_thursday + timedelta(days=1)


def whole_month(today: date, year: str | None, month: int) -> str | None:
    """Return a month as `YYYY-MM`; the newest one when no year is named."""
    if not 1 <= month <= 12:
        return None
    number = int(year) if year else today.year - (month > today.month)
    return f"{number}-{month:02d}"


def single(day: date | None) -> str | None:
    """Write one day."""
    return day.isoformat() if day else None


def span(start: date | None, end: date | None) -> str | None:
    """Write two days, the earlier one first."""
    if not start or not end:
        return single(start or end)
    start, end = min(start, end), max(start, end)
    return start.isoformat() if start == end else f"{start}/{end}"

"""Parts of a month: 上半月, 中旬, the first half of November, mid November."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import Final

_PARTS: Final = (
    (re.compile(r"上半月|上半个月|first half of"), 1, 15),
    (re.compile(r"下半月|下半个月|second half of|last half of"), 16, 31),
    (re.compile(r"上旬|(?:early|beginning of|start of)\s(?=[a-z])"), 1, 10),
    (re.compile(r"中旬|(?:mid|middle of)[ -](?=[a-z])"), 11, 20),
    (re.compile(r"下旬|(?:late|end of)\s(?=(?:last month|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))"), 21, 31),
)
_MONTH: Final = re.compile(r"\d{4}-\d{2}")


def narrowed(period: str | None, text: str, today: date) -> str | None:
    """Return the named part of a period that is a whole month, or the period as it is."""
    first = _first_of(period, today)
    if first is None:
        return period
    for pattern, start, end in _PARTS:
        if pattern.search(text):
            last = min(end, calendar.monthrange(first.year, first.month)[1])
            return f"{first.replace(day=start).isoformat()}/{first.replace(day=last).isoformat()}"
    return period


def _first_of(period: str | None, today: date) -> date | None:
    if period == "this_month":
        return today.replace(day=1)
    if period == "last_month":
        return (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    return date.fromisoformat(f"{period}-01") if period and _MONTH.fullmatch(period) else None

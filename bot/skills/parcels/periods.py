"""Periods people name, as instants of the reader's zone, and how they are said."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.wording import Words

_LAST = re.compile(r"last_(\d{1,4})_days")
_NAMED = frozenset({"today", "yesterday", "this_week", "last_week", "this_month", "last_month"})


@dataclass(frozen=True, slots=True)
class Period:
    """Days [first, last], both included, and the name they go by."""

    name: str
    first: date
    last: date

    def since(self, words: Words) -> datetime:
        """The reader's midnight at which it begins."""
        return datetime.combine(self.first, time(), words.zone)

    def until(self, words: Words) -> datetime:
        """The reader's midnight at which it is over."""
        return datetime.combine(self.last + timedelta(days=1), time(), words.zone)

    def said(self, words: Words) -> str:
        """`last week (9–15 Nov)`; days without a name stand for themselves."""
        days = words.days(self.first, self.last)
        match = _LAST.fullmatch(self.name)
        if match:
            return words.many("parcels.period.last_days", int(match[1]), days=days)
        return words.say(f"parcels.period.{self.name}", days=days) if self.name in _NAMED else days


def read_period(slot: object, words: Words) -> Period | None:
    """The period of a slot; None for everything, also when the slot makes no sense."""
    if not isinstance(slot, str) or not slot:
        return None
    today = words.now.astimezone(words.zone).date()
    days = _named(slot, today) or _counted(slot, today) or _written(slot)
    return Period(slot, *days) if days is not None and days[0] <= days[1] else None


def _named(slot: str, today: date) -> tuple[date, date] | None:
    monday, month = today - timedelta(days=today.weekday()), today.replace(day=1)
    before = month - timedelta(days=1)
    return {
        "today": (today, today),
        "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "this_week": (monday, today),
        "last_week": (monday - timedelta(days=7), monday - timedelta(days=1)),
        "this_month": (month, today),
        "last_month": (before.replace(day=1), before),
    }.get(slot)


def _counted(slot: str, today: date) -> tuple[date, date] | None:
    match = _LAST.fullmatch(slot)
    return (today - timedelta(days=int(match[1]) - 1), today) if match and int(match[1]) else None


def _written(slot: str) -> tuple[date, date] | None:
    """`2026-11-24`, `2026-11-01/2026-11-24`, `2026-11`."""
    first, _, last = slot.partition("/")
    try:
        if re.fullmatch(r"\d{4}-\d{2}", slot):
            start = date.fromisoformat(f"{slot}-01")
            return start, (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        return None

"""Periods a list or a summary is asked for: named ones, last N days, dates, ranges, months."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from bot.understanding import dates, days, weekdays
from bot.understanding.amounts import CHINESE, ENGLISH, amount
from bot.understanding.lexicon import Hit
from bot.understanding.slots_part import narrowed

_DAYS_OF = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30}
_LAST_ZH = re.compile(rf"(?:最近|近|过去|这|前|头|之前|往前)的?({CHINESE})(个)?(天|日|周|星期|礼拜|月)(?!前)")
_WITHIN_ZH = re.compile(rf"({CHINESE})(个)?(天|日|周|星期|礼拜|月)(?:之内|以内|内|以来|来)")
_LAST_EN = re.compile(
    rf"(?:last|past|previous|preceding|recent|latest|laatste|afgelopen|derniers?)\s(?:the\s)?({ENGLISH})?\s?-?"
    r"(hours?|days?|dagen|jours|weeks?|weken|semaines|fortnight|months?|hrs?)(?![a-z])"
)
_HAS_DATE_WORDS = re.compile(
    r"[\d一二两三四五六七八九十半几周末拜]|day|week|dag|month|fortnight|di\b|" + dates.MONTH_NAMES
)


def find_period(text: str, hits: Sequence[Hit], now: datetime) -> str | None:
    """Return the period named in folded text, or None; dates lie in the past where that is possible."""
    return narrowed(_whole(text, hits, now.date()), text, now.date())


def _whole(text: str, hits: Sequence[Hit], today: date) -> str | None:
    if _HAS_DATE_WORDS.search(text):
        period = _counted(text) or _first(text, today, (dates.spelt, dates.chinese, dates.numeric, weekdays.qualified))
        if period:
            return period
    named = _named(hits, today)
    if named and not named.startswith("weak:"):
        return named
    if _HAS_DATE_WORDS.search(text):
        period = _first(text, today, (weekdays.find, dates.months))
        if period:
            return period
    return named.removeprefix("weak:") if named else None


def _first(text: str, today: date, readers: Sequence[Callable[[str, date], str | None]]) -> str | None:
    return next((period for reader in readers if (period := reader(text, today))), None)


def period_words(text: str) -> str | None:
    """Return the words that name a span of days, a date or a month, whatever the calendar says."""
    if not _HAS_DATE_WORDS.search(text):
        return None
    counted = next((match for pattern in (_LAST_ZH, _WITHIN_ZH, _LAST_EN) if (match := pattern.search(text))), None)
    return counted[0].strip() if counted else dates.date_words(text)


def _named(hits: Sequence[Hit], today: date) -> str | None:
    weak = None
    for hit in hits:
        for slot, value in hit.entry.values:
            if slot == "period":
                if value.startswith("weak:"):
                    weak = weak or value
                    continue
                return _relative(value, today)
    return weak


def _relative(value: str, today: date) -> str | None:
    if value.startswith("day:"):
        return (today + timedelta(days=int(value[4:]))).isoformat()
    if value.startswith("on:"):
        month, day = value[3:].split("-")
        return days.single(days.past(today, int(month), int(day)))
    if value == "black_friday":
        return days.single(days.black_friday(today))
    if value == "this_year":
        return f"{today.year}-01-01/{today.isoformat()}"
    return value


def _counted(text: str) -> str | None:
    match = _LAST_ZH.search(text) or _WITHIN_ZH.search(text)
    if match:
        number = amount(match[1])
        if match[3] == "月" and not match[2] and match[1] != "半":
            return None
        if match[0].startswith("这") and number == 1:
            return None
        if number is not None:
            return f"last_{max(1, round(number * _DAYS_OF[match[3]]))}_days"
    match = _LAST_EN.search(text)
    if match:
        return _counted_english(match)
    return None


def _counted_english(match: re.Match[str]) -> str | None:
    word, unit = match[1], match[2]
    if not word and unit in ("week", "month"):
        if not match[0].startswith(("past", "afgelopen", "recent")):
            return None
        return "last_7_days" if unit == "week" else "last_30_days"
    if not word and unit != "fortnight":
        return None
    number = amount(word) if word else 1
    if number is None:
        return None
    size = {"h": 1 / 24, "w": 7, "s": 7, "m": 30, "f": 14}.get(unit[0], 1)
    return f"last_{max(1, round(number * size))}_days"

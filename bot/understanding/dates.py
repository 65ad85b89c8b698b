"""Dates written out: ISO, Chinese, English, Dutch and French ones, and months."""

from __future__ import annotations

import re
from datetime import date

from bot.understanding import days
from bot.understanding.amounts import CHINESE, amount

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(jan(?:uary|uari|vier)?|feb(?:ruary|ruari)?|fevrier|mar(?:ch|s)?|maart|apr(?:il)?|avril|mai|mei|may|june?|juni|juin|"
    r"july?|juli|juillet|aug(?:ust|ustus)?|aout|sept?(?:ember|embre)?|o[ck]t(?:ober|obre)?|nov(?:ember|embre)?|"
    r"dec(?:ember|embre)?)\.?(?![a-z])"
)
_MONTH_ALIASES = {"fev": 2, "maa": 3, "avr": 4, "mai": 5, "mei": 5, "juin": 6, "juil": 7, "aou": 8, "okt": 10}
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_TO = r"\s?(?:-|–|—|~|to|until|till|through|thru|and|t/m|tot|au|到|至)\s?"
_ISO = re.compile(r"(?<!\d)(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})(?:日|号)?(?!\d)")
_ISO_MONTH = re.compile(r"(?<!\d)(20\d\d)[-/年](\d{1,2})月?(?![\d\-/])")
_ZH_DATE = re.compile(
    rf"(?:(去年|今年|20\d\d年))?({CHINESE})月({CHINESE})(?:日|号)?(?:{_TO}(?:({CHINESE})月)?({CHINESE})(?:日|号))?"
)
_ZH_DATE_SHORT = re.compile(rf"(?<![\d月个])({CHINESE})(?:号|日)?{_TO}({CHINESE})(?:号|日)(?!线)")
_ZH_DAY = re.compile(r"(?<![\d月单编])(\d{1,2}|[一二三]?十?[一二三四五六七八九]|[一二三]?十)(?:号|日)(?![线楼内单])")
_ZH_MONTH = re.compile(rf"(?:(去年|今年|20\d\d年))?(?<!个)({CHINESE})月(?:份|全月)?(?!\d)")
_DAY_MONTH_RANGE = re.compile(rf"(?<!\d){_DAY}(?:\s?{_MONTH})?{_TO}{_DAY}\s(?:of\s)?{_MONTH}")
_MONTH_DAY_RANGE = re.compile(rf"(?<![a-z]){_MONTH}\s{_DAY}{_TO}(?:{_MONTH}\s)?{_DAY}(?!\d)")
_DAY_MONTH = re.compile(rf"(?<!\d){_DAY}\s(?:of\s)?{_MONTH}(?:,?\s(20\d\d))?")
_MONTH_DAY = re.compile(rf"(?<![a-z]){_MONTH}\s(?:the\s)?{_DAY}(?!\d)(?:,?\s(20\d\d))?")
_MONTH_ONLY = re.compile(rf"(?<![a-z])(?:(?:in|of|for|during|since|all|last|whole)\s)?{_MONTH}(?:\s(20\d\d))?")
_NUMERIC = re.compile(r"(?<![\d.])(\d{1,2})[/.](\d{1,2})(?:[/.](20\d\d|\d\d))?(?![\d.])")
_EN_DAY = re.compile(r"(?:on|since|from) the (\d{1,2})(?:st|nd|rd|th)")
MONTH_NAMES = "|".join(_MONTHS) + "|mai|mei|okt|aout|fev|avr|juin"
"""Beginnings that show a month may be named."""
_ANY = (_ISO, _ISO_MONTH, _ZH_DATE, _ZH_MONTH, _DAY_MONTH, _MONTH_DAY, _MONTH_ONLY, _NUMERIC)


def date_words(text: str) -> str | None:
    """Return the words that write out a date or a month, whatever the calendar says."""
    return next((match[0].strip() for pattern in _ANY if (match := pattern.search(text))), None)


def spelt(text: str, today: date) -> str | None:
    """Dates that spell the month or are in ISO form."""
    iso = [days.dated_exactly(int(m[1]), int(m[2]), int(m[3])) for m in _ISO.finditer(text)]
    if iso:
        return days.span(iso[0], iso[1]) if len(iso) > 1 else days.single(iso[0])
    match = _DAY_MONTH_RANGE.search(text)
    if match:
        end = days.past(today, _month(match[4]), int(match[3]))
        start = days.past(end or today, _month(match[2] or match[4]), int(match[1]))
        return days.span(start, end)
    match = _MONTH_DAY_RANGE.search(text)
    if match:
        end = days.past(today, _month(match[3] or match[1]), int(match[4]))
        return days.span(days.past(end or today, _month(match[1]), int(match[2])), end)
    match = _DAY_MONTH.search(text)
    if match:
        return days.single(days.dated(today, match[3], _month(match[2]), int(match[1])))
    match = _MONTH_DAY.search(text)
    if match:
        return days.single(days.dated(today, match[3], _month(match[1]), int(match[2])))
    return None


def chinese(text: str, today: date) -> str | None:
    """Dates in Chinese."""
    match = _ZH_DATE.search(text)
    if match and ("日" in match[0] or "号" in match[0] or match[5] or match[3][0].isdigit()):
        month, day = amount(match[2]), amount(match[3])
        if month and day:
            start = days.dated(today, _year(match[1], today), int(month), int(day))
            if not match[5]:
                return days.single(start)
            last_month, last_day = amount(match[4] or match[2]), amount(match[5])
            return days.span(start, days.dated(today, _year(match[1], today), int(last_month or 0), int(last_day or 0)))
    match = _ZH_DATE_SHORT.search(text)
    if match:
        start, end = (days.past_day(today, int(amount(match[i]) or 0)) for i in (1, 2))
        return days.span(start, end)
    match = _ZH_DAY.search(text)
    if match:
        return days.single(days.past_day(today, int(amount(match[1]) or 0)))
    return None


def numeric(text: str, today: date) -> str | None:
    """Dates in figures: month first in Chinese, day first elsewhere."""
    chinese = re.search(r"[\u3400-\u9fff]", text) is not None
    found: list[date | None] = []
    for match in _NUMERIC.finditer(text):
        first, second = int(match[1]), int(match[2])
        month, day = (first, second) if chinese else (second, first)
        if month > 12:
            month, day = day, month
        year = match[3] and (match[3] if len(match[3]) == 4 else "20" + match[3])
        found.append(days.dated(today, year, month, day))
    dates = [d for d in found if d]
    if dates:
        return days.span(dates[0], dates[1]) if len(dates) > 1 else days.single(dates[0])
    the_day = _EN_DAY.search(text)
    return days.single(days.past_day(today, int(the_day[1]))) if the_day else None


def months(text: str, today: date) -> str | None:
    """Whole months."""
    match = _ISO_MONTH.search(text)
    if match and 1 <= int(match[2]) <= 12:
        return f"{match[1]}-{int(match[2]):02d}"
    match = _ZH_MONTH.search(text)
    if match:
        return days.whole_month(today, _year(match[1], today), int(amount(match[2]) or 0))
    match = _MONTH_ONLY.search(text)
    if match and (match[1] not in ("may", "mar", "mars") or match[0] != match[1]):
        return days.whole_month(today, match[2], _month(match[1]))
    return None


def _year(word: str | None, today: date) -> str | None:
    if not word:
        return None
    if word == "今年":
        return str(today.year)
    return str(today.year - 1) if word == "去年" else word[:4]


def _month(name: str) -> int:
    for size in (4, 3):
        if name[:size] in _MONTH_ALIASES:
            return _MONTH_ALIASES[name[:size]]
    return _MONTHS.index(name[:3]) + 1

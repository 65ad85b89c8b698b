"""Periods a list or a summary is asked for: named ones, last N days, dates, ranges, months."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.understanding.amounts import CHINESE, ENGLISH, amount
from bot.understanding.lexicon import Hit

_DAYS_OF = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
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
_LAST_ZH = re.compile(rf"(?:最近|近|过去|这|前|头|之前|往前)的?({CHINESE})(个)?(天|日|周|星期|礼拜|月)(?!前)")
_WITHIN_ZH = re.compile(rf"({CHINESE})(个)?(天|日|周|星期|礼拜|月)(?:之内|以内|内|以来|来)")
_LAST_EN = re.compile(
    rf"(?:last|past|previous|preceding|recent|latest|laatste|afgelopen|derniers?)\s(?:the\s)?({ENGLISH})?\s?-?"
    r"(hours?|days?|dagen|jours|weeks?|weken|semaines|fortnight|months?|hrs?)(?![a-z])"
)
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
_WEEKDAY_ZH = re.compile(r"(上上个?|上个?|这个?|本|下个?)?(?:周|星期|礼拜|拜)([一二三四五六日天末1-6])(?:至今|以来)?")
_WEEKDAY_EN = re.compile(
    r"(?:(last week'?s?|last|this|past|since|vorige|from)\s)?(?<![a-z])(mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sun)(?:day)?s?(?![a-z])"
    r"|(?:(vorige|sinds)\s)?(?<![a-z])(maan|dins|woens|donder|vrij|zater|zon)dag"
    r"|(?<![a-z])(lun|mar|mercre|jeu|vendre|same)di|(?<![a-z])(last |this |past )?(week-?end)(?![a-z])"
)
_WEEKDAYS = {
    "mon": 0, "tue": 1, "tues": 1, "wed": 2, "wednes": 2, "thu": 3, "thurs": 3, "fri": 4, "satur": 5, "sun": 6,
    "maan": 0, "dins": 1, "woens": 2, "donder": 3, "vrij": 4, "zater": 5, "zon": 6,
    "lun": 0, "mar": 1, "mercre": 2, "jeu": 3, "vendre": 4, "same": 5,
}  # fmt: skip
_ZH_WEEKDAYS = {c: i for i, c in enumerate("一二三四五六日")} | {"天": 6} | {str(i + 1): i for i in range(6)}
_HAS_DATE_WORDS = re.compile(r"[\d一二两三四五六七八九十半几周末拜]|day|week|dag|month|fortnight|di\b|" + "|".join(_MONTHS) + "|mai|mei|okt|aout|fev|avr|juin")

_DATED = (_ISO, _ISO_MONTH, _LAST_ZH, _WITHIN_ZH, _LAST_EN, _ZH_DATE, _ZH_MONTH, _DAY_MONTH, _MONTH_DAY, _MONTH_ONLY, _NUMERIC)


def find_period(text: str, hits: Sequence[Hit], now: datetime) -> str | None:
    """Return the period named in folded text, or None; dates lie in the past where that is possible."""
    today = now.date()
    if _HAS_DATE_WORDS.search(text):
        for reader in (_counted, _written_dates, _chinese_dates, _numeric_dates):
            period = reader(text, today)
            if period:
                return period
    named = _named(hits, today)
    if named and not named.startswith("weak:"):
        return named
    if _HAS_DATE_WORDS.search(text):
        for reader in (_weekdays, _months):
            period = reader(text, today)
            if period:
                return period
    return named.removeprefix("weak:") if named else None


def names_date(text: str) -> bool:
    """Say whether the text names a span of days, a date or a month, whatever the calendar says."""
    return _HAS_DATE_WORDS.search(text) is not None and any(pattern.search(text) for pattern in _DATED)


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
        return _single(_past(today, int(month), int(day)))
    if value == "black_friday":
        return _single(_black_friday(today))
    if value == "this_year":
        return f"{today.year}-01-01/{today.isoformat()}"
    return value


def _counted(text: str, today: date) -> str | None:
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


def _written_dates(text: str, today: date) -> str | None:
    """Dates that spell the month or are in ISO form."""
    iso = [_date(int(m[1]), int(m[2]), int(m[3])) for m in _ISO.finditer(text)]
    if iso:
        return _range(iso[0], iso[1]) if len(iso) > 1 else _single(iso[0])
    match = _DAY_MONTH_RANGE.search(text)
    if match:
        end = _past(today, _month(match[4]), int(match[3]))
        start = _past(end or today, _month(match[2] or match[4]), int(match[1]))
        return _range(start, end)
    match = _MONTH_DAY_RANGE.search(text)
    if match:
        end = _past(today, _month(match[3] or match[1]), int(match[4]))
        return _range(_past(end or today, _month(match[1]), int(match[2])), end)
    match = _DAY_MONTH.search(text)
    if match:
        return _single(_dated(today, match[3], _month(match[2]), int(match[1])))
    match = _MONTH_DAY.search(text)
    if match:
        return _single(_dated(today, match[3], _month(match[1]), int(match[2])))
    return None


def _chinese_dates(text: str, today: date) -> str | None:
    match = _ZH_DATE.search(text)
    if match and ("日" in match[0] or "号" in match[0] or match[5] or match[3][0].isdigit()):
        month, day = amount(match[2]), amount(match[3])
        if month and day:
            start = _dated(today, _year(match[1], today), int(month), int(day))
            if not match[5]:
                return _single(start)
            last_month, last_day = amount(match[4] or match[2]), amount(match[5])
            return _range(start, _dated(today, _year(match[1], today), int(last_month or 0), int(last_day or 0)))
    match = _ZH_DATE_SHORT.search(text)
    if match:
        start, end = (_past_day(today, int(amount(match[i]) or 0)) for i in (1, 2))
        return _range(start, end)
    match = _ZH_DAY.search(text)
    if match:
        return _single(_past_day(today, int(amount(match[1]) or 0)))
    return None


def _numeric_dates(text: str, today: date) -> str | None:
    chinese = re.search(r"[\u3400-\u9fff]", text) is not None
    found: list[date | None] = []
    for match in _NUMERIC.finditer(text):
        first, second = int(match[1]), int(match[2])
        month, day = (first, second) if chinese else (second, first)
        if month > 12:
            month, day = day, month
        year = match[3] and (match[3] if len(match[3]) == 4 else "20" + match[3])
        found.append(_dated(today, year, month, day))
    dates = [d for d in found if d]
    if not dates:
        match = _EN_DAY.search(text)
        return _single(_past_day(today, int(match[1]))) if match else None
    return _range(dates[0], dates[1]) if len(dates) > 1 else _single(dates[0])


def _weekdays(text: str, today: date) -> str | None:
    match = _WEEKDAY_ZH.search(text)
    if match:
        back = {"上": 1, "上个": 1, "上上": 2, "上上个": 2}.get(match[1] or "")
        this_week = match[1] in ("这", "这个", "本")
        if match[2] == "末":
            return _weekend(today, 1 if back else 0)
        return _weekday(today, _ZH_WEEKDAYS[match[2]], back, this_week, match[0].endswith(("至今", "以来")))
    match = _WEEKDAY_EN.search(text)
    if match:
        if match[7]:
            return _weekend(today, 0)
        name = match[2] or match[4] or match[5]
        modifier = match[1] or match[3] or ""
        back = 1 if modifier.startswith("last week") else None
        return _weekday(today, _WEEKDAYS[name], back, modifier == "this", modifier in ("since", "sinds", "from"))
    return None


def _weekday(today: date, day: int, back: int | None, this_week: bool, since: bool) -> str:
    monday = today - timedelta(days=today.weekday())
    if back is not None:
        found = monday + timedelta(days=day - 7 * back)
    elif this_week:
        found = monday + timedelta(days=day)
    else:
        found = today - timedelta(days=(today.weekday() - day) % 7)
    return f"{found}/{today}" if since and found < today else found.isoformat()


def _weekend(today: date, back: int) -> str:
    saturday = today - timedelta(days=(today.weekday() - 5) % 7)
    if today.weekday() >= 5 and back:
        saturday -= timedelta(days=7)
    return f"{saturday}/{saturday + timedelta(days=1)}"


def _months(text: str, today: date) -> str | None:
    match = _ISO_MONTH.search(text)
    if match and 1 <= int(match[2]) <= 12:
        return f"{match[1]}-{int(match[2]):02d}"
    match = _ZH_MONTH.search(text)
    if match:
        return _whole_month(today, _year(match[1], today), int(amount(match[2]) or 0))
    match = _MONTH_ONLY.search(text)
    if match and (match[1] not in ("may", "mar", "mars") or match[0] != match[1]):
        return _whole_month(today, match[2], _month(match[1]))
    return None


def _whole_month(today: date, year: str | None, month: int) -> str | None:
    if not 1 <= month <= 12:
        return None
    number = int(year) if year else today.year - (month > today.month)
    return f"{number}-{month:02d}"


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


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _dated(today: date, year: str | None, month: int, day: int) -> date | None:
    return _date(int(year), month, day) if year else _past(today, month, day)


def _past(today: date, month: int, day: int) -> date | None:
    """The latest such day that is not after `today`."""
    found = _date(today.year, month, day)
    if found is None or found > today:
        return _date(today.year - 1, month, day)
    return found


def _past_day(today: date, day: int) -> date | None:
    found = _date(today.year, today.month, day)
    if found is not None and found <= today:
        return found
    last_month = today.replace(day=1) - timedelta(days=1)
    return _date(last_month.year, last_month.month, day)


def _black_friday(today: date) -> date:
    for year in (today.year, today.year - 1):
        first = date(year, 11, 1)
        fourth_thursday = first + timedelta(days=(3 - first.weekday()) % 7 + 21)
        if fourth_thursday + timedelta(days=1) <= today:
            break
    return fourth_thursday + timedelta(days=1)


def _single(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _range(start: date | None, end: date | None) -> str | None:
    if not start or not end:
        return _single(start or end)
    start, end = min(start, end), max(start, end)
    return start.isoformat() if start == end else f"{start}/{end}"

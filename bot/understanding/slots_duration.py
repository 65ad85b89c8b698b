"""How long alerts shall be silent: `30m`, `2h`, `3d`, `1w`."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.understanding.amounts import CHINESE, ENGLISH, amount
from bot.understanding.slots_until import UNTIL, until_hour

_MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10080, "o": 43200}
_CHINESE = re.compile(
    rf"({CHINESE})\s*(个半|个)?(小时|钟头|钟|分钟|分|天|日|周|星期|礼拜|月|刻钟|晚上|晚|整天)(半)?(?![号一二三四五六日])"
)
_CHINESE_UNITS = {
    "小时": "h", "钟头": "h", "分钟": "m", "分": "m", "天": "d", "日": "d", "周": "w", "星期": "w", "礼拜": "w",
    "月": "o", "整天": "d",
}  # fmt: skip
_ENGLISH = re.compile(
    rf"(?<![a-z\d])({ENGLISH})(?:(?<=\d)[\s-]*|[\s-]+)(and a half)?\s?"
    r"(minutes?|minuten|mins?|m|hours?|hrs?|hr|h|uur|uren|u|heures?|days?|dagen|dag|jours?|d|weeks?|weken|wks?|w|"
    r"semaines?|months?|fortnight)(?:\s(and a half))?(?![a-z\d])"
)
_HOUR_WORDS = re.compile(
    r"(?<![a-z])(half an hour|half uur|halfuur|demi-heure|quarter of an hour|kwartier|fortnight)(?![a-z])"
)
_WORD_MINUTES = {
    "half an hour": 30, "half uur": 30, "halfuur": 30, "demi-heure": 30, "quarter of an hour": 15, "kwartier": 15,
    "fortnight": 20160,
}  # fmt: skip
_UNTIL_TOMORROW = re.compile(
    r"(?:until|till|til|tot|jusqu'a)\s(?:tomorrow|morgen|demain)|(?:到|直到)明[天早日]|明天(?:之前|以前|再)"
)
_REST_OF_DAY = re.compile(
    r"(?:for|the rest of|until the end of|all) (?:the day|today)|until midnight|"
    r"今天(?:之内|内|都|一天|整天|剩下)|到今晚|到半夜"
)
_UNTIL_MONDAY = re.compile(r"(?:until|till|til|tot)\s(?:next\s)?(?:monday|maandag)|到(?:下)?(?:周一|星期一|礼拜一)")


def find_duration(text: str, now: datetime) -> str | None:
    """Return the time span named in folded text, or None."""
    minutes = until_hour(text, now) or _chinese_minutes(text) or _english_minutes(text) or _until(text, now)
    return None if not minutes else shortest(minutes)


def span_words(text: str) -> str | None:
    """Return the words that name how long something shall last, or None."""
    for pattern in (*UNTIL, _CHINESE, _HOUR_WORDS, _ENGLISH, _UNTIL_TOMORROW, _UNTIL_MONDAY, _REST_OF_DAY):
        match = pattern.search(text)
        if match:
            return match[0].strip()
    return None


def shortest(minutes: int) -> str:
    """Write a number of minutes in the largest unit that fits."""
    for unit, size in (("w", 10080), ("d", 1440), ("h", 60)):
        if minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"


def _chinese_minutes(text: str) -> int | None:
    for match in _CHINESE.finditer(text):
        number = amount(match[1])
        unit = match[3]
        if number is None:
            continue
        if unit == "刻钟":
            return round(number * 15)
        if unit in ("晚", "晚上"):
            return 720
        if unit == "钟":
            if not match[2]:
                continue
            unit = "小时"
        if unit == "月" and not match[2]:
            continue
        size = _MINUTES[_CHINESE_UNITS[unit]]
        half = size // 2 if match[2] == "个半" or match[4] else 0
        return round(number * size) + half
    return None


def _english_minutes(text: str) -> int | None:
    word = _HOUR_WORDS.search(text)
    if word:
        return _WORD_MINUTES[word[1]]
    for match in _ENGLISH.finditer(text):
        number = amount(match[1])
        if number is None:
            continue
        unit = match[3]
        letter = "o" if unit.startswith("month") else {"u": "h", "j": "d", "s": "w", "f": "w"}.get(unit[0], unit[0])
        if unit == "fortnight":
            number *= 2
        half = 0.5 if match[2] or match[4] else 0.0
        return round((number + half) * _MINUTES[letter])
    return None


def _until(text: str, now: datetime) -> int | None:
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    to_midnight = max(60, round((midnight - now).total_seconds() / 3600) * 60)
    if _UNTIL_TOMORROW.search(text):
        return to_midnight + 8 * 60
    if _UNTIL_MONDAY.search(text):
        return to_midnight + (7 - now.weekday() - 1) * 1440
    if _REST_OF_DAY.search(text):
        return to_midnight
    return None

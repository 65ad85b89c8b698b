"""Weekdays and weekends in Chinese, English, Dutch and French."""

from __future__ import annotations

import re
from datetime import date

from bot.understanding import days

_WEEKDAY_ZH = re.compile(
    r"(上上个?|上个?|这个?|本|下个?)?(?:周|星期|礼拜|拜)([一二三四五六日天末1-6])"
    r"(?![共下些直起定个般点并律样均报常])(?:至今|以来)?"
)
_WEEKDAY_EN = re.compile(
    r"(?:(last week'?s?|last|this|past|since|vorige|from)\s)?"
    r"(?<![a-z])(mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sun)(?:day)?s?(?![a-z])"
    r"|(?:(vorige|sinds)\s)?(?<![a-z])(maan|dins|woens|donder|vrij|zater|zon)dag"
    r"|(?<![a-z])(lun|mar|mercre|jeu|vendre|same)di|(?<![a-z])(last |this |past )?(week-?end)(?![a-z])"
)
_WEEKDAY_OF_WEEK = re.compile(
    r"(?<![a-z])(mon|tues|wednes|thurs|fri|satur|sun)day,?\s(?:of\s)?(last|this|previous)\sweek(?![a-z])"
)
_FULL = re.compile(r"(?:周|星期|礼拜)[一二三四五六日末]|(?:mon|tues|wednes|thurs|fri|satur|sun)day|weekend")
_WEEKDAYS = {
    "mon": 0, "tue": 1, "tues": 1, "wed": 2, "wednes": 2, "thu": 3, "thurs": 3, "fri": 4, "satur": 5, "sun": 6,
    "maan": 0, "dins": 1, "woens": 2, "donder": 3, "vrij": 4, "zater": 5, "zon": 6,
    "lun": 0, "mar": 1, "mercre": 2, "jeu": 3, "vendre": 4, "same": 5,
}  # fmt: skip
_ZH_WEEKDAYS = {c: i for i, c in enumerate("一二三四五六日")} | {"天": 6} | {str(i + 1): i for i in range(6)}


def weekday_words(text: str) -> str | None:
    """Return the words that name a weekday or a weekend, or None."""
    match = _WEEKDAY_ZH.search(text) or _WEEKDAY_EN.search(text)
    return match[0].strip() if match else None


def names_weekday(text: str) -> bool:
    """Say whether a weekday is written in full."""
    return _FULL.search(text) is not None


def qualified(text: str, today: date) -> str | None:
    """Return a day whose week is named: 上周五 is no 上周, Monday last week no last week."""
    english = _WEEKDAY_OF_WEEK.search(text)
    if english:
        this_week = english[2] == "this"
        return days.weekday(today, _WEEKDAYS[english[1]], None if this_week else 1, this_week, False)
    match = _WEEKDAY_ZH.search(text)
    return find(text, today) if match and match[1] else None


def find(text: str, today: date) -> str | None:
    """Return the day or the weekend a text names."""
    match = _WEEKDAY_ZH.search(text)
    if match:
        back = {"上": 1, "上个": 1, "上上": 2, "上上个": 2}.get(match[1] or "")
        this_week = match[1] in ("这", "这个", "本")
        if match[2] == "末":
            return days.weekend(today, 1 if back else 0)
        return days.weekday(today, _ZH_WEEKDAYS[match[2]], back, this_week, match[0].endswith(("至今", "以来")))
    match = _WEEKDAY_EN.search(text)
    if match:
        if match[7]:
            return days.weekend(today, 0)
        name = match[2] or match[4] or match[5]
        modifier = match[1] or match[3] or ""
        back = 1 if modifier.startswith("last week") else None
        return days.weekday(today, _WEEKDAYS[name], back, modifier == "this", modifier in ("since", "sinds", "from"))
    return None

"""An hour at which silence ends: "到明天早上9点", "until tomorrow 9am", "until 18:30", in minutes from now."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from bot.understanding.amounts import CHINESE, amount

_HALF_DAY: Final = 12
_CHINESE: Final = re.compile(
    rf"(?:到|至)(?P<day>今[天日晚早]|明[天日晚早]|后天)?的?(?P<part>凌晨|清早|早上|早晨|上午|中午|下午|傍晚|晚上)?\s?"
    rf"(?P<hour>\d{{1,2}}|{CHINESE})\s?(?:点钟?|[:：时])(?P<half>半)?(?P<minute>[0-5]?\d)?"
)
_ENGLISH: Final = re.compile(
    r"\b(?:until|till|til|tot|jusqu'a)\s(?P<day>tomorrow|today|morgen|vandaag|demain)?(?:\s?(?P<part>morning|evening|afternoon))?\s?(?:at\s)?"
    r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>[0-5]\d)|(?=\s?(?:am|pm|a\.m|p\.m|o'?clock|uur)\b))"
    r"\s?(?P<half>am|pm|a\.m|p\.m)?"
)
_LATER: Final = frozenset({"下午", "傍晚", "晚上", "evening", "afternoon"})
_DAYS: Final = {"今": 0, "明": 1, "后": 2, "tomorrow": 1, "morgen": 1, "demain": 1, "today": 0, "vandaag": 0}
UNTIL: Final = (_CHINESE, _ENGLISH)


def until_hour(text: str, now: datetime) -> int | None:
    """Minutes from now to the hour that folded text names as an end; None when it names none that is to come."""
    match = _CHINESE.search(text) or _ENGLISH.search(text)
    hour = amount(match["hour"]) if match is not None else None
    if match is None or hour is None or hour != int(hour) or not 0 <= hour <= 24:
        return None
    day, said = match["day"] or "", match["half"] or ""
    minute = 30 if said == "半" else int(match["minute"] or 0)
    later = match["part"] in _LATER or day.endswith("晚") or said.startswith("p")
    noon = match["part"] == "中午" and hour < 3
    clock = int(hour) + (_HALF_DAY if (later or noon) and hour < _HALF_DAY else 0)
    clear = bool(match["part"] or said[:1] in ("a", "p") or day[1:] in ("早", "晚")) or clock > _HALF_DAY
    ends = _next(now, clock, minute, _DAYS.get(day) if day[:1].isascii() else _DAYS[day[0]], clear=clear)
    return None if ends is None else ceil((ends - now).total_seconds() / 60)  # never a minute before it


def _next(now: datetime, hour: int, minute: int, day: int | None, *, clear: bool) -> datetime | None:
    """The named hour of a named day; of no day the next time the clock shows it, of twelve hours where it was vague."""
    start = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if day is not None:
        hours = [hour] if clear or day else [hour, hour + _HALF_DAY]
        wanted = [start + timedelta(days=day, hours=one, minutes=minute) for one in hours]
    else:
        hours = [hour, hour + 24] if clear else [hour, hour + _HALF_DAY, hour + 24]
        wanted = [start + timedelta(hours=one, minutes=minute) for one in hours]
    return next((at for at in wanted if at > now), None)

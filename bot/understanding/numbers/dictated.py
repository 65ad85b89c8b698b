"""Digits as they are spoken: 幺 for one, "two one double four", in runs too long to be anything but a number."""

import re
from typing import Final

_CHINESE: Final = dict(zip("零〇○洞一幺二两三四五六七拐八九勾", "00001122345677899", strict=True))
_CHINESE_RUN: Final = re.compile(f"[{''.join(_CHINESE)}](?:[ ,，、-]?[{''.join(_CHINESE)}]){{5,}}")
_ENGLISH: Final = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9",
}  # fmt: skip
_TIMES: Final = {"double": 2, "triple": 3}
_WORD: Final = rf"(?:(?:{'|'.join(_TIMES)})[ -])?(?:{'|'.join(_ENGLISH)})"
_ENGLISH_RUN: Final = re.compile(rf"\b{_WORD}(?:[ ,-]{{1,2}}{_WORD}){{4,}}\b", re.IGNORECASE)
_GAP: Final = re.compile(r"[ ,-]+")


def in_figures(text: str) -> str:
    """Return the text with dictated rows of digits in figures."""
    if not text.isascii():
        text = _CHINESE_RUN.sub(_from_chinese, text)
    return _ENGLISH_RUN.sub(_from_english, text)


def _from_chinese(match: re.Match[str]) -> str:
    return "".join(_CHINESE.get(char, char) for char in match[0] if char not in " ,，、-")


def _from_english(match: re.Match[str]) -> str:
    figures: list[str] = []
    times = 1
    for word in _GAP.split(match[0].lower()):
        if word in _TIMES:
            times = _TIMES[word]
        else:
            figures.append(_ENGLISH[word] * times)
            times = 1
    return "".join(figures)

"""Small amounts written in digits, Chinese numerals or English, Dutch and French words."""

from __future__ import annotations

from typing import Final

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "仨": 3}
_WORDS: Final[dict[str, float]] = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "eighteen": 18, "twenty": 20, "twenty-four": 24, "twenty four": 24, "thirty": 30, "forty": 40,
    "forty-five": 45, "forty five": 45, "forty-eight": 48, "forty eight": 48, "fifty": 50, "sixty": 60,
    "seventy-two": 72, "ninety": 90, "couple": 2, "couple of": 2, "a couple of": 2, "a couple": 2, "few": 3, "a few": 3,
    "half": 0.5, "half a": 0.5, "half an": 0.5, "another": 1, "another two": 2, "next": 1, "one and a half": 1.5,
    "een": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "half uur": 0.5,
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "dix": 10,
}  # fmt: skip

CHINESE: Final = r"\d{1,4}(?:\.\d)?|[零〇一二两俩仨三四五六七八九十百]{1,5}|半|几"
ENGLISH: Final = (
    r"\d{1,4}(?:[.,]\d)?|" + "|".join(sorted((w for w in _WORDS if w != "half uur"), key=len, reverse=True))
)


def amount(text: str) -> float | None:
    """Return the number a piece of text stands for, or None."""
    text = text.strip().lower()
    if not text:
        return None
    if text[0].isascii() and text[0].isdigit():
        try:
            return float(text.replace(",", "."))
        except ValueError:
            return None
    if text in _WORDS:
        return _WORDS[text]
    if text == "半":
        return 0.5
    if text == "几":
        return 3
    return _chinese(text)


def _chinese(text: str) -> float | None:
    total = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = digit * 10 + _DIGITS[character] if "十" not in text and "百" not in text else _DIGITS[character]
        elif character == "十":
            total, digit = total + (digit or 1) * 10, 0
        elif character == "百":
            total, digit = total + (digit or 1) * 100, 0
        else:
            return None
    return float(total + digit)

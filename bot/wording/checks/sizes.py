"""Check 9: what is said fits where it is shown, with the longest example values put in."""

import unicodedata
from collections.abc import Iterator

from bot.wording.checks.allowed import Allowed
from bot.wording.checks.forms import names
from bot.wording.checks.problems import CHINESE, Catalogs, Problem, folder_of

MAX_SENTENCE = 1_500
"""UTF-8 bytes; ten of them fit the smallest channel (DingTalk, 20,000 with its escapes)."""
MAX_TITLE = 150
"""A Slack header holds 150 characters; mail subjects are cut by readers earlier."""
MAX_BUTTON = 20
"""Columns; a phone shows three buttons in a row."""
ZH_OVER_EN, EN_OVER_ZH = 1.2, 3.0
_NARROW = 40
"""Below so many columns a ratio says nothing."""


def sizes(catalogs: Catalogs, allowed: Allowed) -> Iterator[Problem]:
    """9: bytes under the limit of its kind, and neither language much wider than the other."""
    for path, entry in catalogs.entries():
        for text in entry.forms:
            shown = rendered(text, allowed)
            limit = _limit(entry.key)
            if _measure(entry.key, shown) > limit:
                what = f"{entry.key} has {_measure(entry.key, shown)} with example values; at most {limit} fit"
                yield Problem(9, path, entry.line, what)
    for folder in CHINESE:
        for path, entry, english in catalogs.pairs(folder):
            if not (allowed.wide(entry.key) or allowed.typed(entry.key)):
                ours = max(width(rendered(text, allowed)) for text in entry.forms or ("",))
                theirs = max(width(rendered(text, allowed)) for text in english.forms or ("",))
                what = _ratio(ours, theirs)
                if what:
                    yield Problem(9, path, entry.line, f"{entry.key} in {folder_of(path)} is {what}; shorten it")


def rendered(text: str, allowed: Allowed) -> str:
    """The text with an example for every placeholder."""
    for name in names(text):
        text = text.replace("{" + name + "}", allowed.example(name))
    return text


def width(text: str) -> int:
    """Columns on a screen: Han takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _limit(key: str) -> int:
    if _is_button(key):
        return MAX_BUTTON
    return MAX_TITLE if key.endswith((".title", ".subject")) else MAX_SENTENCE


def _measure(key: str, text: str) -> int:
    return width(text) if _is_button(key) else len(text.encode())


def _is_button(key: str) -> bool:
    return ".button." in key and not key.endswith(".say")


def _ratio(ours: int, theirs: int) -> str:
    if max(ours, theirs) <= _NARROW:
        return ""
    if ours > ZH_OVER_EN * theirs:
        return f"{ours} columns wide, English {theirs}: more than {ZH_OVER_EN} times"
    return f"{ours} columns wide, English {theirs}: more than {EN_OVER_ZH} times" if theirs > EN_OVER_ZH * ours else ""

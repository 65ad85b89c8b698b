""""The second one", "第二个", "2": a place in a list, counted from 1; -1 is the last."""

import re
from collections.abc import Iterable
from typing import Final

_LAST: Final = "last"
_DIGITS: Final = {
    word: place for row in ("一二三四五六七八九十", "①②③④⑤⑥⑦⑧⑨⑩") for place, word in enumerate(row, start=1)
}
_NAMES: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_COUNTED: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_PLACES: Final = {word: place for words in (_NAMES, _COUNTED) for place, word in enumerate(words, start=1)}
_EN: Final = rf"({'|'.join(_NAMES)}|{_LAST}|\d{{1,2}}(?:st|nd|rd|th))"
_ROW: Final = "(?:one|parcel|number|row|line|item|shipment|package)"
_IN_A_LIST: Final = (
    re.compile(r"第\s?([一二三四五六七八九十]|\d{1,2})\s?(?:[个票件单条行项](?!航班|问题|工单|提醒|人|月|星期|季度|小时|原因)"
               r"|[呢吗]?[?？。]?$)"),
    re.compile(rf"\b{_EN} {_ROW}\b"),
    re.compile(rf"\bthe {_EN}\s*[?.!]*$"),
    re.compile(r"(?:^|\s)(?:#|no\. ?)(\d{1,2})\b"),
    re.compile(r"(最后)[一那]?[个票件单条]"),
)  # fmt: skip
_ALONE: Final = (
    re.compile(r"(?:选|选择|要|就)?第?\s?([一二三四五六七八九十①-⑩]|\d{1,2})\s?[个票件单条项号]?[吧呀]?"),
    re.compile(rf"(?:option |choice |number |no\.? ?|#)?(?:the )?(\d{{1,2}}|{'|'.join(_COUNTED)})(?: please)?"),
    re.compile(rf"(?:the )?{_EN}(?: {_ROW}| option| choice)?(?: please)?"),
    re.compile(r"(?:选|要|就)?(最后)[一那]?[个票件单条项]?[吧呀]?"),
)  # fmt: skip


def place_in(folded: str) -> int | None:
    """The place a message about a list names; None where it names none."""
    return _first(pattern.search(folded) for pattern in _IN_A_LIST)


def place_alone(folded: str) -> int | None:
    """The place a message consists of; None where it says anything else."""
    return _first(pattern.fullmatch(folded) for pattern in _ALONE)


def _first(matches: Iterable[re.Match[str] | None]) -> int | None:
    found = next(filter(None, matches), None)
    if found is None:
        return None
    word = next(filter(None, found.groups()))
    if word in (_LAST, "最后"):
        return -1
    return _DIGITS.get(word) or _PLACES.get(word) or int(re.sub(r"\D", "", word))

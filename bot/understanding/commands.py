"""Fixed forms that are read before understanding: resolve, reopen, who, export, undo."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bot.understanding.folding import fold

_LONGEST = 80
_REFERENCE = (
    r"(?:(?:pb-?)?(?P<letter>[ac])\s?-?\s?(?P<number>\d{1,6})"
    r"|(?P<word>alert|case|ticket|告警|预警|警报|工单|案件)\s?#?\s?(?:[ac]-?)?(?P<count>\d{1,6}))"
)
_WHO_EN = (
    r"who(?:(?:'s| is) (?:on|handling|dealing with|taking care of)(?: it| this)?"
    r"| has(?: it| this)?| handles(?: it| this)?| owns(?: it| this)?)?"
)
_WHO_ZH = r"(?:现在|目前|到底)?(?:是|由)?谁(?:来|在)?(?:处理|负责|跟进|跟|管|接|收到|确认)?(?:着|了|的|呢|啊|呀)?"
_FORMS: tuple[tuple[Literal["resolve", "reopen", "who", "export", "undo"], str], ...] = (
    ("resolve", r"resolved?|关闭"),
    ("reopen", r"re-?open|重开|重新打开"),
    ("who", rf"{_WHO_EN}|{_WHO_ZH}"),
    ("export", r"export|导出|汇出"),
    ("undo", r"undo|撤销|撤消"),
)
_ARGUMENT = r"csv|xlsx|excel|pdf|json"
_PATTERNS = tuple(
    (name, re.compile(rf"(?:{words})(?:\s?{_REFERENCE})?(?:\s(?P<argument>{_ARGUMENT}))?\s?[呢啊呀]?[.!。！?？]?"))
    for name, words in _FORMS
)
_REFERENCE_FIRST = tuple(
    (name, re.compile(rf"{_REFERENCE}\s?(?:{words})\s?[.!。！?？]?")) for name, words in _FORMS
)
_MENTION = re.compile(r"^\s*(?:<@[^>\s]{1,40}>|@\S{1,24})\s+")


@dataclass(frozen=True, slots=True)
class Command:
    """A fixed form: its name, the alert or case it names, and what else it was given."""

    name: Literal["resolve", "reopen", "who", "export", "undo"]
    reference: str | None
    argument: str | None


def parse_command(text: str) -> Command | None:
    """Return the command when the whole message is one of the fixed forms, else None."""
    if len(text) > _LONGEST:
        return None
    words = " ".join(_MENTION.sub("", fold(text)).split())
    for patterns in (_PATTERNS, _REFERENCE_FIRST):
        for name, pattern in patterns:
            match = pattern.fullmatch(words)
            if match:
                return Command(name, _reference(match), match.groupdict().get("argument"))
    return None


def _reference(match: re.Match[str]) -> str | None:
    if match["letter"]:
        return f"{match['letter'].upper()}-{match['number']}"
    if match["word"]:
        letter = "C" if match["word"] in ("case", "ticket", "工单", "案件") else "A"
        return f"{letter}-{match['count']}"
    return None

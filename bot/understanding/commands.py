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
_LIST_ZH = r"(?:完整|全部|所有)?的?(?:名单|清单|列表|表格|明细|excel|xlsx)(?:文件|表格|表)?"
_TO_ME = r"(?:给|来|到)?\s?(?:我|一下|一份|过来|下来)*"
_EXPORT_ZH = (
    rf"(?:请|麻烦|帮我|帮忙)*(?:把|将)?\s?{_LIST_ZH}\s?(?:也|都)?(?:导出|汇出|下载|发|传|给){_TO_ME}"
    rf"|(?:请|麻烦|帮我|帮忙)*(?:导出|汇出|下载|发|传|给){_TO_ME}(?:成|为)?\s?(?:个|份|一份|一个)?{_LIST_ZH}(?:给我|过来)?"
    r"|导出(?:一下|来|给我)?|汇出(?:一下|来|给我)?"
)
_EXPORT_EN = (
    r"export(?: (?:it|this|that|all|everything|(?:the )?(?:(?:whole|full|complete) )?(?:list|table)))?"
    r"|(?:please )?(?:(?:can|could) you )?(?:send|give|get|mail|e-?mail)(?: me)?(?: (?:the|an?))?"
    r"(?: (?:whole|full|complete))? (?:list|spreadsheet|workbook|excel(?: file| list)?|xlsx)(?:,? please)?"
)
_FORMS: tuple[tuple[Literal["resolve", "reopen", "who", "export", "undo"], str], ...] = (
    ("resolve", r"resolved?|关闭"),
    ("reopen", r"re-?open|重开|重新打开"),
    ("who", rf"{_WHO_EN}|{_WHO_ZH}"),
    ("export", rf"{_EXPORT_EN}|{_EXPORT_ZH}"),
    ("undo", r"undo|撤销|撤消"),
)
_ARGUMENT = r"(?:(?:as|to|in|成|为)\s?(?:an? )?)?(?P<argument>csv|xlsx|excel|pdf|json|表格)"
_PATTERNS = tuple(
    (name, re.compile(rf"(?:{words})(?:\s?{_REFERENCE})?(?:\s?{_ARGUMENT})?\s?[呢啊呀吧吗]?[.!。！?？]?"))
    for name, words in _FORMS
)
_REFERENCE_FIRST = tuple(
    (name, re.compile(rf"(?:把|将)?\s?{_REFERENCE}\s?(?:{words})\s?[.!。！?？]?")) for name, words in _FORMS
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

"""From the message as received to folded text in which every identifier is one placeholder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from bot.understanding import numbers
from bot.understanding.folding import fold
from bot.understanding.numbers import FoundNumber
from bot.understanding.numbers.dictated import in_figures
from bot.understanding.tokens import ALERT, CASE, LINEHAUL, PARCEL, UNIT

HEAD: Final = 3000
TAIL: Final = 1000
LONGEST: Final = 100_000

_MENTION = re.compile(
    r"<@[^>\s]{1,40}>|(?<![\w.])@(?!我|大家|群)(?:小包|包裹桥|包裹橋|[^\s@,，:：]{1,24}(?=[\s,，:：]|$))"
)
_UNIT_OF_TIME = (
    r"(?!\s*(?:个|小时|分|天|日|周|点|月|%|件|票|次|条|遍|回|人|钟|刻|:\d"
    r"|h\b|m\b|min|hours?|hrs?|days?|d\b|w\b|weeks?|parcels|times?\b|uur))"
)
_ALERT_ID = re.compile(
    r"(?<![a-z0-9])(?:pb-?)?a(?:-\s?(\d{1,6})|(?!3[0-9]0\b)\s?(\d{2,6}))(?![\da-z])"
    r"|(?:alert|alarm|warning|melding|alerte|告警|预警|警报|提醒|警告)\s?(?:编号|号码|号|number|nr|no|id)?\.?\s?[:：#]?\s?"
    r"(?:a-?)?(\d{1,6})(?![\da-z])" + _UNIT_OF_TIME
)
_CASE_ID = re.compile(
    r"(?<![a-z0-9])c(?:-\s?(\d{1,6})|\s?(\d{2,6}))(?![\da-z])"
    r"|(?:case|ticket|dossier|工单|案件|案子|案号|单子|投诉单?)\s?(?:编号|号码|号|number|nr|no|id)?\.?\s?[:：#]?\s?"
    r"(?:c-?)?(\d{1,6})(?![\da-z])" + _UNIT_OF_TIME
)
_OTHER_PAPERS = re.compile(
    r"(?:(?:客户|客人|买家|收件人|联系|我的)?(?:电话|手机号?码?|座机|热线)|tel(?:ephone)?|phone|mobile|gsm|mob|fax|whatsapp)"
    r"(?:\s?(?:是|为|number|no|nr))?\.?\s?[:：]?\s?\+?[\d(][\d\s()./-]{6,}"
    r"|(?:订单|发票|合同|客户单|采购单)(?:编号|号码|号)?\s?(?:是|为)?[:：]?\s?#?[a-z]{0,4}[-_]?\d[\d/-]{3,}"
    r"|(?<![a-z])(?:purchase order|order|invoice|po|booking|factuur|facture|commande|bestelling)"
    r"\s?(?:number|nr|no|ref|id)?\.?\s?[:：]?\s?#?\s?[a-z]{0,4}[-_]?\d[\d/-]{3,}"
)
_ALERT_NOTED = re.compile(
    r"\s*(?:(?:ack(?:nowledged?)?|noted|seen|got|已阅|已读|知悉|已知悉|收到|认领|了解)\s?[:：]?\s?#?(\d{3,6})"
    r"|#?(\d{3,6})\s?(?:ack(?:nowledged?)?|noted|seen|已阅|已读|知悉|已知悉|收到|认领|了解))\s*[.!。！]?\s*"
)
"""An alert named by its number alone, in a message that says nothing but that it was noted."""
_OF_CASES = re.compile(r"工单|案|处理|處理|结果|結果|回复|回覆|case|ticket|dossier|repl|answer", re.IGNORECASE)
_OF_FLIGHTS = re.compile(r"航班|航機|班机|班機|飞|飛|落地|到港|flight|land|plane|depart", re.IGNORECASE)
_MORE = re.compile(r"\s*(?:,|，|、|和|跟|及|&|/|and)\s*(\d{2,6})(?![\da-z])" + _UNIT_OF_TIME)


class Masked(NamedTuple):
    """A message ready to be read."""

    normalised: str
    plain: str
    text: str
    numbers: tuple[FoundNumber, ...]
    alert_ids: tuple[str, ...]
    case_ids: tuple[str, ...]


def mask(message: str) -> Masked:
    """Find identifiers, then fold what is left of the text (its head and tail when it is very long)."""
    normalised = in_figures(numbers.normalise(message[:LONGEST]))
    found = tuple(n for n in numbers.find_in_normalised(normalised) if not _is_case(n, normalised))
    covered = _cover(normalised, found)
    if len(covered) > HEAD + TAIL:
        covered = covered[:HEAD] + "\n" + covered[-TAIL:]
    plain = _MENTION.sub(" ", covered)
    text = _OTHER_PAPERS.sub(" ", fold(plain))
    alone = _ALERT_NOTED.fullmatch(text)
    if alone is not None:
        text = text.replace(alone[1] or alone[2], f"a-{alone[1] or alone[2]} ", 1)
    text, alerts = _take(text, _ALERT_ID, "A", ALERT)
    text, cases = _take(text, _CASE_ID, "C", CASE)
    return Masked(normalised, plain, text, found, alerts, cases)


def _is_case(number: FoundNumber, text: str) -> bool:
    """`C8845 处理到哪了` is about a case, though C8 flies as well."""
    return number.value.startswith("C8") and _OF_CASES.search(text) is not None and _OF_FLIGHTS.search(text) is None


def _cover(text: str, found: Sequence[FoundNumber]) -> str:
    pieces: list[str] = []
    at = 0
    for number in sorted(found, key=lambda n: n.start):
        if number.start < at:
            continue
        sign = PARCEL
        if numbers.is_linehaul_kind(number.kind):
            sign = LINEHAUL
        elif numbers.is_unit_kind(number.kind):
            sign = UNIT
        pieces += (text[at : number.start], " ", sign, " ")
        at = number.end
    pieces.append(text[at:])
    return "".join(pieces)


def _take(text: str, pattern: re.Pattern[str], letter: str, sign: str) -> tuple[str, tuple[str, ...]]:
    ids: list[str] = []
    pieces: list[str] = []
    at = 0
    for match in pattern.finditer(text):
        if match.start() < at:
            continue
        ids.append(f"{letter}-{match[match.lastindex or 0]}")
        pieces += (text[at : match.start()], " ", sign, " ")
        at = match.end()
        while (more := _MORE.match(text, at)) is not None:
            ids.append(f"{letter}-{more[1]}")
            at = more.end()
    if not ids:
        return text, ()
    pieces.append(text[at:])
    return "".join(pieces), tuple(dict.fromkeys(ids))

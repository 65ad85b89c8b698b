"""What a letter wraps around its question: salutation, closing, signature, "sent from my phone"."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SALUTATION = re.compile(
    r"\s*(?:dear|hi|hello|hey|hallo|beste|geachte|dag|bonjour|bonsoir|cher|chere|"
    r"good ?(?:morning|afternoon|evening|day)|goe(?:de|ie)?(?:morgen|middag|dag|navond)|morning|"
    r"尊敬的|亲爱的|各位|大家|同事|老师|亲|[^\s?？]{0,8}(?:您|你)好|[^\s?？]{1,8}(?:早上好|下午好|晚上好))"
    r"[^\n?？\d\ue000-\ue004]{0,28}[,，:：!！。.~]?\s*"
)
_CLOSING = re.compile(
    r"\s*(?:(?:kind|best|warm|many|with kind)?\s?(?:regards|thanks|wishes|greetings)|best|thank you|thx|cheers|rgds|br|"
    r"tia|kr|tx|sincerely|yours|met vriendelijke groet(?:en)?|mvg|groet(?:en|jes)?|bedankt|alvast bedankt|cordialement|"
    r"bien a vous|bien cordialement|merci|谢谢|多谢|感谢|祝好|此致|敬礼|顺颂|顺祝|以上|致礼|辛苦|拜托)"
    r"[^\n?？\ue000-\ue004]{0,24}\s*"
)
_DEVICE = re.compile(r"(?:sent from my|发自我的|verzonden vanaf|envoye de mon)[^\n]*")
_ROLE = re.compile(
    r"专员|经理|主管|助理|总监|客服|运营|物流|菜鸟|部$|组$|公司|电话|手机|微信|邮箱|tel|mobile|phone|manager|coordinator|officer|specialist"
    r"|declarant|dispatcher|assistant|department|desk|team$|logistics|landmark|bpost|www\.|@"
)
_ASKS = re.compile(r"[?？吗呢\ue000-\ue004]")
_SIGNED_LINE = 32
_SIGNED_LINES = 2


def body(text: str) -> str:
    """Return the folded text without its wrapping; a text that is nothing but wrapping stays whole."""
    if "\n" not in text:
        return text
    text = _DEVICE.sub("", text)
    lines = text.split("\n")
    filled = [i for i, line in enumerate(lines) if line.strip()]
    if len(filled) < 2:
        return text
    start = 0
    if _SALUTATION.fullmatch(lines[filled[0]]):
        start = filled[0] + 1
    end = len(lines)
    for i in filled[1:]:
        if i > start and (_CLOSING.fullmatch(lines[i]) or lines[i].strip() in ("--", "---")):
            end = i
            break
    end = _before_signature(lines, start, end)
    kept = "\n".join(lines[start:end])
    return kept if kept.strip() else text


def _before_signature(lines: Sequence[str], start: int, end: int) -> int:
    """Where a name and a role stand at the end, after an empty line and without any closing words."""
    last = end
    while last > start and not lines[last - 1].strip():
        last -= 1
    first = last
    while first > start and lines[first - 1].strip():
        first -= 1
    signed = lines[first:last]
    if first == start or not any(line.strip() for line in lines[start:first]):
        return end
    if any(len(line) > _SIGNED_LINE or _ASKS.search(line) for line in signed) or len(signed) < _SIGNED_LINES:
        return end
    return first if any(_ROLE.search(line.strip()) for line in signed) else end

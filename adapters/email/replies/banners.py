"""What a company's gateway writes above every mail from outside."""

import re
from collections.abc import Sequence

from adapters.email.replies.lines import Line

MOST_LINES, MOST_CHARACTERS = 6, 600
_ALONE = re.compile(
    r"\W*(?:ext|external(?: e-?mail| sender| message)?|外部(?:邮件|郵件)|外来邮件|外來郵件)\W*$", re.IGNORECASE
)
_BEGIN = re.compile(
    r"\W*(?:caution|warning|attention|external|ext\b|you don't often get e-?mail from|"
    r"this (?:e-?mail|message) (?:originated|comes|came|was sent) from (?:outside|an? external|someone outside)|"
    r"外部|外来|外來|警告|注意|安全提[示醒]|提[示醒]|[本此该該][邮郵]件来?[自來])", re.IGNORECASE,
)
_OUTSIDE = re.compile(r"outside|external|not originat|don't often get|外部|外来|外來", re.IGNORECASE)
_ADVICE = re.compile(r"\b(?:links?|attachments?|sender|learn why)\b|链接|連結|附件|发件人|寄件", re.IGNORECASE)


def without_banner(lines: Sequence[Line]) -> list[Line]:
    """Without a first paragraph that warns of mail from outside, where something follows it."""
    first = next((at for at, line in enumerate(lines) if not line.is_blank), len(lines))
    end = next((at for at in range(first, len(lines)) if lines[at].is_blank), len(lines))
    nothing_follows = all(line.is_blank for line in lines[end:])
    return list(lines) if nothing_follows or not _is_banner(lines[first:end]) else list(lines[end:])


def _is_banner(paragraph: Sequence[Line]) -> bool:
    text = " ".join(line.folded.strip() for line in paragraph[: MOST_LINES + 1])[: MOST_CHARACTERS + 1]
    if len(paragraph) > MOST_LINES or len(text) > MOST_CHARACTERS:
        return False
    if _ALONE.match(text):
        return True
    return all((_BEGIN.match(text), _OUTSIDE.search(text), _ADVICE.search(text)))

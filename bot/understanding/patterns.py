"""What whole sentences say that no list of phrases can hold: how to tell a customer something."""

from __future__ import annotations

import re
from typing import Final

_TELL_CHINESE: Final = re.compile(
    r"(?:怎么|如何|怎样)(?:去|来|才能|好)?(?:跟|和|向|对|给|同|与)(?!你)[^,.;:!?，。；：！？\n]{1,6}?"
    r"(?:说|讲|解释|回复|回|交代|沟通|答复|答|写|通知|道歉|提)"
)
_TELL_ENGLISH: Final = re.compile(
    r"\b(?:what|how|which)\b[^.;!?\n]{0,30}\b(?:tell|answer|reply|respond|explain|inform|apologi[sz]e|say to)\b"
    r"[^.;!?\n]{0,30}\b(?:customers?|clients?|buyers?|shoppers?|consumers?|consignees?|receivers?|recipients?|him|her|them)\b"
)


def tells_customer(text: str) -> bool:
    """Say whether somebody asks for words to a customer."""
    if "怎" in text or "如何" in text:
        return _TELL_CHINESE.search(text) is not None
    return ("what" in text or "how" in text or "which" in text) and _TELL_ENGLISH.search(text) is not None

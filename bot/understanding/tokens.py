"""Cut folded text into words, Chinese runs, placeholders and marks, each with its clause and sentence."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

PARCEL: Final = "\ue000"
LINEHAUL: Final = "\ue001"
UNIT: Final = "\ue002"
ALERT: Final = "\ue003"
CASE: Final = "\ue004"

_TOKEN = re.compile(
    r"(?P<w>[a-z0-9]+(?:'[a-z]+)*)|(?P<c>[\u3400-\u9fff]+)|(?P<i>[\ue000-\ue004])"
    r"|(?P<s>[。！？!?\n;；]|\.(?=\s|$))|(?P<k>[,，、:：()（）])|(?P<e>[^\s\w\-_/'.])"
)


class Token(NamedTuple):
    """A piece of text: `kind` is w(ord), c(hinese run), i(dentifier) or e(moji and other marks)."""

    kind: str
    text: str
    start: int
    clause: int
    sentence: int


def tokenise(text: str) -> list[Token]:
    """Return the tokens of folded, masked text; sentence and clause marks only advance the counters."""
    tokens: list[Token] = []
    clause = sentence = 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "e"
        if kind == "s":
            sentence += 1
            clause += 1
        elif kind == "k":
            clause += 1
        else:
            tokens.append(Token(kind, match.group(), match.start(), clause, sentence))
    return tokens

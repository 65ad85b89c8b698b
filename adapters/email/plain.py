"""Text for mails: nothing invisible that acts, no line ends where none belong."""

import re

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters and direction overrides, which can show a text backwards."""
_SURROGATES = re.compile("[\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_WORD_END = re.compile(r"[\s，。；、,;/]")


def tidy(text: str) -> str:
    """The text on clean lines."""
    text = _SURROGATES.sub("\ufffd", _LINE_ENDS.sub("\n", text))
    return _CONTROLS.sub(" ", text).strip()


def one_line(text: str, longest: int = 200) -> str:
    """The text on one line for a header, ended where a word ends when it is too long."""
    line = " ".join(tidy(text).split())
    if len(line) <= longest:
        return line
    kept = line[:longest]
    ends = [found.start() for found in _WORD_END.finditer(kept)]
    return kept[: ends[-1] if ends and ends[-1] > longest // 2 else longest].rstrip() + "…"

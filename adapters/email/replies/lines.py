"""Lines of a mail in the form they are compared in; what is kept of them is never changed."""

import re
import unicodedata
from functools import lru_cache

LONGEST = 10_000
"""Characters of a line that are looked at."""
_NOTHING = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_QUOTE = re.compile(r"\s{0,3}>(?!_<|=)")
_PREFIX = re.compile(r"(?:\s{0,3}>)+ ?")
_ENTITIES = (("&nbsp;", " "), ("&gt;", ">"), ("&lt;", "<"), ("&quot;", '"'))


class Line:
    """One line as it came, and folded: half-width, entities resolved, nothing invisible."""

    __slots__ = ("bare", "folded", "is_blank", "is_quoted", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = _folded(text)
        """For matching only."""
        self.is_quoted = ">" in self.folded and _QUOTE.match(self.folded) is not None
        """It begins with the mark of quoting."""
        self.bare = (_PREFIX.sub("", self.folded, count=1) if self.is_quoted else self.folded).strip()
        """Folded, without marks of quoting."""
        self.is_blank = not self.folded.strip()
        """Nothing to be seen."""


def _folded(text: str) -> str:
    text = text[:LONGEST]
    if "&" in text:
        for entity, sign in _ENTITIES:
            text = text.replace(entity, sign)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _NOTHING.sub("", text))
    return text.replace("\t", " ").rstrip()


@lru_cache(maxsize=4)
def lines_of(text: str) -> tuple[Line, ...]:
    """The lines of a text, whatever ends them; of one mail they are asked for more than once."""
    return tuple(Line(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))

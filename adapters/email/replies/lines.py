"""Lines of a mail in the form they are compared in; what is kept of them is never changed."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

LONGEST = 10_000
"""Characters of a line that are looked at."""
_NOTHING = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_QUOTE = re.compile(r"\s{0,3}>(?!_<|=)")
_PREFIX = re.compile(r"(?:\s{0,3}>)+ ?")
_ENTITIES = (("&nbsp;", " "), ("&gt;", ">"), ("&lt;", "<"), ("&quot;", '"'))


@dataclass(frozen=True)
class Line:
    """One line as it came, and folded: half-width, entities resolved, nothing invisible."""

    text: str

    @cached_property
    def folded(self) -> str:
        """For matching only."""
        text = self.text[:LONGEST]
        if "&" in text:
            for entity, sign in _ENTITIES:
                text = text.replace(entity, sign)
        if not text.isascii():
            text = unicodedata.normalize("NFKC", _NOTHING.sub("", text))
        return text.replace("\t", " ").rstrip()

    @cached_property
    def bare(self) -> str:
        """Folded, without marks of quoting."""
        return _PREFIX.sub("", self.folded, count=1).strip()

    @cached_property
    def is_blank(self) -> bool:
        """Nothing to be seen, quoted or not."""
        return not self.folded.strip()

    @cached_property
    def is_quoted(self) -> bool:
        """It begins with the mark of quoting."""
        return _QUOTE.match(self.folded) is not None


def lines_of(text: str) -> list[Line]:
    """The lines of a text, whatever ends them."""
    return [Line(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]

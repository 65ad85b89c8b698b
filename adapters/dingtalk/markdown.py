"""Data inside DingTalk's markdown: nothing in it may become markup, a link, or a mention of somebody.

Whether every client honours a backslash is not known. So what could do harm (links, mentions, images) is broken with a
zero-width space, which needs nobody's help; the backslash only keeps what is cosmetic, and only where it would matter.
"""

import re

BREAK = "  \n  "
"""A line break that phones show too; a bare line feed is none."""
PARAGRAPH = "\n\n"
ZERO_WIDTH = "\u200b"

_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""Control characters, direction overrides (they can show a text backwards) and halves of surrogate pairs."""
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_JOINTS = re.compile(r"@|\](?=[(\[:])|:(?=//)")
"""After these a zero-width space stops a mention, a link or image, an address the client would link by itself."""
_ACTIVE = re.compile(r"\\(?=[!-/:-@\[-`{-~])|[*`~]|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])|&(?=#?\w+;)")
_LEADING = re.compile(r"^(#{1,6}(?=\s|$)|>|[-+=](?=\s|[-=]|$)|\d{1,9}(?=[.)](\s|$)))")
_MARKERS = frozenset("#>-+=0123456789")
_SUSPECT = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
    r"|[@\]\\*`~_<&]|://|[^\S ]|  |^ | $"
)
"""Whatever the rules above could change, in one look: most texts have nothing of it and stay as they are."""


def tidy(text: str) -> str:
    """The text on clean lines: one kind of line end, nothing invisible that acts."""
    return _CONTROLS.sub(" ", _LINE_ENDS.sub("\n", text)).strip()


def calm(text: str) -> str:
    """Tidy text in which nobody is mentioned and nothing is a link, for places that know no markup."""
    if _SUSPECT.search(text) is None:
        return text
    return _JOINTS.sub(lambda found: found[0] + ZERO_WIDTH, tidy(text))


def escape(text: str) -> str:
    """Data as markdown that shows it as it is; its own line ends become line breaks."""
    if _SUSPECT.search(text) is None:
        return one_line(text)
    return BREAK.join(one_line(line) for line in tidy(text).split("\n") if line.strip())


def one_line(text: str) -> str:
    """Data as markdown that stands at the beginning of a heading, a list item or a quote."""
    line = inline(text)
    return _LEADING.sub(_guard, line) if line[:1] in _MARKERS else line


def inline(text: str) -> str:
    """Data as markdown in the middle of a line."""
    if _SUSPECT.search(text) is None:
        return text
    line = _ACTIVE.sub(lambda found: "\\" + found[0], " ".join(tidy(text).split()))
    return _JOINTS.sub(lambda found: found[0] + ZERO_WIDTH, line)


def _guard(found: re.Match[str]) -> str:
    marker = found[1]
    return f"{marker}\\" if marker.isdigit() else f"\\{marker}"

"""HTML as the text a reader sees, without the containers mail programs put quoted mails into."""

import re
from contextlib import suppress
from html.parser import HTMLParser

MOST = 1_000_000
MOST_PIECES = 30_000
"""Tags and texts that are looked at; no letter has more."""
DEEPEST = 200
_BREAKS = frozenset({"br", "p", "div", "tr", "li", "blockquote", "h1", "h2", "h3", "h4", "table", "hr", "pre", "ul"})
_SILENT = frozenset({"script", "style", "head", "title", "template", "svg"})
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "wbr", "col", "area", "base", "embed", "source"})
_QUOTE_CLASS = re.compile(
    r"gmail_quote|gmail_extra|ntes-mailmaster-quote|ntes-flashmail-quote|ntes-pcmail-quote|moz-cite-prefix|"
    r"yahoo_quoted|protonmail_quote|zmail_extra|original-content|foxmail_quote|tutanota_quote|mailmasterquote"
)
_QUOTE_ID = frozenset({
    "isReplyContent", "OLK_SRC_BODY_SECTION", "reply-intro", "mail-editor-reference-message-container",
})
_AND_ALL_AFTER = frozenset({"divRplyFwdMsg", "appendonsend", "x_divRplyFwdMsg", "x_appendonsend"})
_DECLARATION = re.compile(r"<[!?][^<>]*>?")
_LONG_TAG = re.compile(r"<[^<>]{5000,}>?")
_UNCLOSED = re.compile(r"<(?=[^<>]*(?:<|$))")
_SPACES = re.compile(r"[ \t\r\f\v\u00a0]+")
_BLANKS = re.compile(r"\n{3,}")


def text_of_html(html: str, *, quotes: bool = False) -> str:
    """The text; with `quotes` what was quoted stays in it."""
    reader = _Reader(quotes)
    with suppress(_Enough):
        reader.feed(_harmless(html[:MOST]))
        reader.close()
    lines = [_SPACES.sub(" ", line).strip() for line in "".join(reader.pieces).split("\n")]
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip()


def _harmless(html: str) -> str:
    """Without what the library reads again and again: comments, declarations, endless tags, brackets that stay open."""
    html = _DECLARATION.sub("", _without_comments(html))
    return _UNCLOSED.sub("&lt;", _LONG_TAG.sub("", html))


def _without_comments(html: str) -> str:
    kept, at = [], 0
    while (start := html.find("<!--", at)) >= 0:
        kept.append(html[at:start])
        end = html.find("-->", start + 4)
        if end < 0:
            return "".join(kept)
        at = end + 3
    return "".join((*kept, html[at:]))


class _Enough(Exception):
    """More pieces than are looked at."""


class _Reader(HTMLParser):
    """Collects text; while it is inside something to be left out it only counts the tags that are open."""

    def __init__(self, quotes: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._quotes = quotes
        self._open: list[str] = []
        self._left_out: int | None = None
        """Depth of the element that is left out."""
        self._over = False
        self._count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See `HTMLParser`."""
        self._one_more()
        if tag == "br":
            self._write("\n")
        elif tag in _BREAKS:
            self._new_line()
        if tag in _VOID or len(self._open) >= DEEPEST:
            return
        values = {name: value or "" for name, value in attrs}
        if self._left_out is None and (tag in _SILENT or (not self._quotes and _is_quote(tag, values))):
            self._left_out = len(self._open)
        if not self._quotes and values.get("id") in _AND_ALL_AFTER:
            self._over = True
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """See `HTMLParser`."""
        self._one_more()
        if tag not in self._open:
            return
        while self._open and self._open.pop() != tag:
            pass
        if self._left_out is not None and len(self._open) <= self._left_out:
            self._left_out = None
        if tag in _BREAKS:
            self._new_line()
            self._write("\n" if tag == "p" else "")

    def handle_data(self, data: str) -> None:
        """See `HTMLParser`."""
        self._one_more()
        self._write(data if "pre" in self._open else data.replace("\n", " "))

    def _one_more(self) -> None:
        self._count += 1
        if self._count > MOST_PIECES:
            raise _Enough

    def _new_line(self) -> None:
        if self.pieces and not self.pieces[-1].endswith("\n"):
            self._write("\n")

    def _write(self, text: str) -> None:
        if text and self._left_out is None and not self._over:
            self.pieces.append(text)


def _is_quote(tag: str, values: dict[str, str]) -> bool:
    if tag == "blockquote" and (values.get("type") == "cite" or "quote" in values.get("class", "")):
        return True
    if tag == "includetail" or values.get("id") in _QUOTE_ID:
        return True
    return _QUOTE_CLASS.search(values.get("class", "")) is not None

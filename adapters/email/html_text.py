"""HTML as the text a reader sees, without the containers mail programs put quoted mails into."""

import re
from html.parser import HTMLParser

MOST = 2_000_000
DEEPEST = 500
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
_SPACES = re.compile(r"[ \t\r\f\v\u00a0]+")
_BLANKS = re.compile(r"\n{3,}")


def text_of_html(html: str, *, quotes: bool = False) -> str:
    """The text; with `quotes` what was quoted stays in it."""
    reader = _Reader(quotes)
    reader.feed(html[:MOST])
    reader.close()
    lines = [_SPACES.sub(" ", line).strip() for line in "".join(reader.pieces).split("\n")]
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip()


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

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See `HTMLParser`."""
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
        self._write(data if "pre" in self._open else data.replace("\n", " "))

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

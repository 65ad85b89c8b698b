"""Shapes of Block Kit and their limits; texts are mrkdwn already escaped unless said otherwise."""

from collections.abc import Iterator, Sequence
from typing import Any

Block = dict[str, Any]

MAX_BLOCKS = 50
MAX_HEADER = 150
MAX_SECTION = 3_000
MAX_FIELD = 2_000
MAX_FIELDS = 10
MAX_BUTTONS = 25
MAX_LABEL = 75
MAX_VALUE = 2_000
MAX_URL = 3_000
MAX_CONTEXT = 2_000
"""All in characters or pieces, after escaping."""


def mrkdwn(text: str) -> Block:
    """A text object. `verbatim`: the client makes no links and mentions of its own."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain_text(text: str) -> Block:
    """A text object without markup."""
    return {"type": "plain_text", "text": text, "emoji": False}


def header(text: str) -> Block:
    """A title, plain text of at most `MAX_HEADER`."""
    return {"type": "header", "text": plain_text(text)}


def sections(lines: Sequence[str]) -> Iterator[Block]:
    """Lines in as few sections as can hold them; only a line too long for one is parted."""
    taken: list[str] = []
    size = 0
    for line in _short(lines):
        if taken and size + len(line) + 1 > MAX_SECTION:
            yield _section(taken)
            taken, size = [], 0
        taken.append(line)
        size += len(line) + 1
    if any(taken):
        yield _section(taken)


def field_sections(texts: Sequence[str]) -> Iterator[Block]:
    """Fields side by side, ten a section."""
    for start in range(0, len(texts), MAX_FIELDS):
        yield {"type": "section", "fields": [mrkdwn(text) for text in texts[start : start + MAX_FIELDS]]}


def context(text: str) -> Block:
    """Small print."""
    return {"type": "context", "elements": [mrkdwn(text)]}


def divider() -> Block:
    """A line."""
    return {"type": "divider"}


def button(label: str, *, action_id: str, value: str = "", url: str = "", style: str = "default") -> Block:
    """A button that comes back to us with its value, or opens an address; the label is plain text."""
    made: Block = {"type": "button", "action_id": action_id, "text": plain_text(label)}
    made |= {"url": url} if url else {"value": value}
    return made | ({"style": style} if style != "default" else {})


def action_blocks(buttons: Sequence[Block]) -> Iterator[Block]:
    """Buttons, as many a block as it takes."""
    for start in range(0, len(buttons), MAX_BUTTONS):
        yield {"type": "actions", "elements": list(buttons[start : start + MAX_BUTTONS])}


def _section(lines: Sequence[str]) -> Block:
    return {"type": "section", "text": mrkdwn("\n".join(lines))}


def _short(lines: Sequence[str]) -> Iterator[str]:
    for text in lines:
        for line in text.split("\n"):
            yield from _parted(line)


def _parted(line: str) -> Iterator[str]:
    """At a blank where there is one, and never inside an escape."""
    while len(line) > MAX_SECTION:
        end = line.rfind(" ", MAX_SECTION // 2, MAX_SECTION)
        if end < 0:
            ampersand = line.rfind("&", MAX_SECTION - 5, MAX_SECTION)
            end = ampersand if ampersand >= 0 else MAX_SECTION
        yield line[:end]
        line = line[end:].lstrip(" ")
    yield line

"""Finds where a quoted mail begins, takes it out, and keeps what the writer added above, between and below."""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.email.replies.attributions import attribution, is_coremail, joined
from adapters.email.replies.banners import without_banner
from adapters.email.replies.blocks import opens_block, says_reply_above, with_line_above, with_words_above
from adapters.email.replies.lines import Line, lines_of
from adapters.email.replies.tails import without_footers, without_signature

MOST_CHARACTERS = 300_000
MOST_LINES = 6_000
"""Of a mail are looked at; what stands below is dropped."""
FULL_LINE, STUB = 60, 30
"""A quoted line at least that long, and what a mail program wrapped off its end."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Where the first quoted mail opens."""

    start: int
    """First line of it."""
    after: int
    """First line after its header."""
    to_the_end: bool
    """Nothing below is the writer's."""


def visible_reply(text: str, *, keep_signature: bool = False) -> str:
    """What the writer of a mail added: no quotes, no disclaimers, no signature unless it is kept.

    The whole text when nothing else would be left.
    """
    lines = lines_of(text[:MOST_CHARACTERS])[:MOST_LINES]
    said = _unquoted(lines)
    kept = without_footers(without_banner(said))
    if not keep_signature:
        kept = without_signature(kept) or kept
    for candidate in (kept, said, lines):
        if (result := _joined(candidate)).strip():
            return result
    return ""


def quoted_part(text: str) -> str:
    """What was quoted, with the marks of quoting taken off: what the writer answers to."""
    lines = lines_of(text[:MOST_CHARACTERS])[:MOST_LINES]
    opening = _first_opening(lines)
    below = list(lines[opening.after :]) if opening else [line for line in lines if line.is_quoted]
    if opening and not opening.to_the_end and any(line.is_quoted for line in below):
        below = [line for line in below if line.is_quoted]
    return "\n".join(line.bare for line in below if not says_reply_above(line)).strip()


def _unquoted(lines: Sequence[Line]) -> list[Line]:
    opening = _first_opening(lines)
    if opening is None:
        return _without_marked(lines)
    above, below = list(lines[: opening.start]), list(lines[opening.after :])
    has_words = any(not line.is_blank and not line.is_quoted for line in above)
    if opening.to_the_end or (has_words and not _marked_next(below)):
        return _without_marked(above)
    if not _marked_next(below):
        return below
    return _without_marked([*above, *below])


def _first_opening(lines: Sequence[Line]) -> Opening | None:
    for at, line in enumerate(lines):
        if line.is_blank:
            continue
        if says_reply_above(line):
            return Opening(with_words_above(lines, with_line_above(lines, at)), at + 1, to_the_end=not line.is_quoted)
        if not line.is_quoted and opens_block(lines, at):
            return Opening(with_line_above(lines, at), at + 1, to_the_end=True)
        start = None if line.is_quoted else attribution(lines, at)
        if start is not None:
            drops = is_coremail(joined(lines, start, at)) and any(not one.is_blank for one in lines[:start])
            return Opening(start, at + 1, to_the_end=drops)
    return None


def _marked_next(below: Sequence[Line]) -> bool:
    """Whether the quote that follows bears marks, so that what bears none is the writer's."""
    first = next((line for line in below if not line.is_blank), None)
    return first is not None and first.is_quoted


def _without_marked(lines: Sequence[Line]) -> list[Line]:
    """Without lines that bear the mark of quoting; where one was taken out one blank line stays."""
    kept: list[Line] = []
    taken = False
    for at, line in enumerate(lines):
        if _is_marked(lines, at):
            taken = True
            while kept and kept[-1].is_blank:
                kept.pop()
            continue
        if taken and not line.is_blank and kept:
            kept.append(Line(""))
        if taken and line.is_blank:
            continue
        taken = False
        kept.append(line)
    return kept


def _is_marked(lines: Sequence[Line], at: int) -> bool:
    line = lines[at]
    before = lines[at - 1] if at else None
    after = lines[at + 1] if at + 1 < len(lines) else None
    beside = any(one is not None and one.is_quoted for one in (before, after))
    if line.is_quoted:  # ">500 kg" alone is no quote
        return beside or line.folded.lstrip().startswith(("> ", ">>")) or line.folded.strip() == ">"
    if line.is_blank or before is None or after is None:
        return False
    wrapped = before.is_quoted and after.is_quoted and len(before.text) >= FULL_LINE
    return wrapped and len(line.text) <= STUB


def _joined(lines: Sequence[Line]) -> str:
    texts = [line.text for line in lines]
    while texts and not texts[0].strip():
        texts.pop(0)
    return "\n".join(texts).rstrip()

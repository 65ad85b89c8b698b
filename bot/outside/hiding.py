"""A message with everything that names somebody or something taken out, and put back in what returns.

Each piece becomes a placeholder such as `[N1]`; the same piece always the same one. What is taken out never leaves.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from bot.outside.private import private_spans
from bot.understanding.masking import mask

PLACEHOLDER: Final = re.compile(r"\[([A-Z])(\d{1,4})\]")
_LIKE_ONE: Final = re.compile(r"[\[［【〔]\s*[A-Za-z]\s*\d{1,4}\s*[\]］】〕]")
"""What was once a placeholder, or is about to be taken for one."""


class Span(NamedTuple):
    """A piece of a text and the letter of what it is."""

    start: int
    end: int
    letter: str


class AlteredPlaceholder(ValueError):
    """A text came back with a placeholder that was not sent, or without one that was."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """A message that may leave the house, and what its placeholders stand for."""

    text: str
    stands_for: Mapping[str, str]

    def restore(self, text: str, *, by: Mapping[str, str] | None = None) -> str:
        """The text with every placeholder replaced by what it stands for. `by` replaces some differently.

        Raises `AlteredPlaceholder` for one that was never sent.
        """
        table = {**self.stands_for, **(by or {})}

        def put_back(hit: re.Match[str]) -> str:
            if hit[0] not in table:
                raise AlteredPlaceholder(f"{hit[0]} was never sent")
            return table[hit[0]]

        for hit in _LIKE_ONE.finditer(text):
            if not PLACEHOLDER.fullmatch(hit[0]):
                raise AlteredPlaceholder(f"{hit[0]!r} is no placeholder of ours any more")
        return PLACEHOLDER.sub(put_back, text)

    def require_all(self, text: str) -> None:
        """Raise `AlteredPlaceholder` unless a text holds each placeholder exactly as often as what was sent."""
        sent, back = (Counter(hit[0] for hit in PLACEHOLDER.finditer(one)) for one in (self.text, text))
        if sent != back:
            raise AlteredPlaceholder(f"{' '.join(sorted((sent - back) + (back - sent)))} did not come back as sent")


def hide(message: str, *, names: Sequence[str] = (), terms: Sequence[Span] = ()) -> Hidden:
    """Take out numbers, dates, addresses and names; `terms` are spans of the normalised text to keep as they are."""
    masked = mask(message)
    text = masked.normalised
    spans = [Span(hit.start(), hit.end(), "X") for hit in _LIKE_ONE.finditer(text)]
    spans += [Span(number.start, number.end, "N") for number in masked.numbers]
    spans += [Span(*span) for span in private_spans(text, names)]
    return _replaced(text, _apart([*spans, *terms]))


def _apart(spans: Sequence[Span]) -> list[Span]:
    """Spans in order of the text. Of two that overlap the earlier in the list stands and the other loses that part."""
    taken: list[Span] = []
    for span in spans:
        for free in _free(span, taken):
            taken.append(free)
    return sorted(taken)


def _free(span: Span, taken: Sequence[Span]) -> Iterator[Span]:
    at = span.start
    for other in sorted(taken):
        if other.end <= at or other.start >= span.end:
            continue
        if other.start > at:
            yield Span(at, other.start, span.letter)
        at = max(at, other.end)
    if at < span.end:
        yield Span(at, span.end, span.letter)


def _replaced(text: str, spans: Sequence[Span]) -> Hidden:
    table: dict[str, str] = {}
    known: dict[tuple[str, str], str] = {}
    counts: Counter[str] = Counter()
    pieces: list[str] = []
    at = 0
    for start, end, letter in spans:
        piece = text[start:end]
        pieces.append(text[at:start])
        at = end
        if not piece.strip():
            pieces.append(piece)
            continue
        if (letter, piece) not in known:
            counts[letter] += 1
            known[letter, piece] = f"[{letter}{counts[letter]}]"
            table[known[letter, piece]] = piece
        pieces.append(known[letter, piece])
    return Hidden("".join([*pieces, text[at:]]), table)

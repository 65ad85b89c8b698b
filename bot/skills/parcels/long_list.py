"""The answer about a file of many numbers: counts, what needs somebody first, and the whole list as a workbook."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Final

from sqlalchemy import Connection

from bot.contracts import Card, Field, File, Tone
from bot.skills.base import Answer, Ask, Done
from bot.skills.parcels.many import COMFORTABLE, REMEMBERED, parcel_table, urgency
from bot.skills.parcels.phrases import ALONG, counts, folded, joined
from bot.tracking.queries import find_parcels
from bot.tracking.views import ParcelView
from bot.understanding.numbers import canonical
from bot.wording import Words
from bot.workbook.numbers import ask_for_numbers

PAGE: Final = 500
"""Numbers looked up at once: of a list of any length so many parcels are in memory."""
_NAMED: Final = 5

_Row = tuple[str, ParcelView]


@dataclass(slots=True)
class _Tally:
    """What a list holds, counted page by page."""

    stages: Counter[str] = field(default_factory=Counter)
    late: int = 0
    unknown: list[str] = field(default_factory=list)
    mistyped: list[str] = field(default_factory=list)
    first: list[_Row] = field(default_factory=list)
    """What needs somebody first."""

    @property
    def found(self) -> int:
        """Parcels counted."""
        return sum(self.stages.values())


def long_list(ask: Ask, conn: Connection, numbers: Sequence[str]) -> Answer:
    """A summary of any number of parcels, with the workbook where files can be handed over."""
    tally = _Tally()
    for start in range(0, len(numbers), PAGE):
        _count(ask, conn, numbers[start : start + PAGE], tally)
    remember = " ".join(number for number, _ in tally.first[:REMEMBERED])
    if not ask.takes_files:
        return Answer(cards=(_card(ask.words, tally),), remember=remember)

    def change(conn: Connection) -> Done:
        file = ask_for_numbers(conn, numbers, scope=ask.person.scope, words=ask.words)
        return Done(lambda words: (_card(words, tally, file),), remember)

    return Answer(change=change)


def _count(ask: Ask, conn: Connection, page: Sequence[str], tally: _Tally) -> None:
    wrong = [number for number in page if (read := canonical(number)) is not None and not read.valid]
    tally.mistyped += wrong
    right = [number for number in page if number not in set(wrong)] if wrong else page
    found = find_parcels(conn, right, ask.person.scope, ask.now)
    tally.unknown += [number for number in right if number not in found]
    rows = [(number, parcels[0]) for number, parcels in found.items()]
    tally.stages.update(folded(view) for _, view in rows)
    tally.late += sum(view.late_since is not None and not view.final for _, view in rows)
    tally.first = nsmallest(COMFORTABLE, [*tally.first, *rows], key=lambda row: urgency(row[1]))


def _card(words: Words, tally: _Tally, file: File | None = None) -> Card:
    stages = {stage: tally.stages[stage] for stage in ALONG if tally.stages[stage]}
    text = [counts(words, stages)] if stages else []
    if file is not None:
        text.append(words.say("parcels.many.workbook"))
    return Card(
        language=words.language, title=words.many("parcels.many.total", tally.found), tone=_tone(tally),
        text=(*text, *_notes(words, tally)), fields=tuple(_fields(words, tally)),
        table=parcel_table(words, tally.first, total=tally.found) if tally.first else None,
        files=(file,) if file is not None else (),
        footer=words.say("parcels.counted_at", when=words.when(words.now)),
    )  # fmt: skip


def _fields(words: Words, tally: _Tally) -> Iterator[Field]:
    """What a partner asks next: how many are late, held, not found."""
    yield Field(label=words.say("parcels.summary.late"), value=words.number(tally.late))
    if tally.stages["held"]:
        yield Field(label=words.say("parcels.summary.held"), value=words.number(tally.stages["held"]))
    if tally.unknown:
        yield Field(label=words.say("files.list.unknown"), value=words.number(len(tally.unknown)))


def _notes(words: Words, tally: _Tally) -> Iterator[str]:
    if tally.unknown:
        named = joined(words, tally.unknown, at_most=_NAMED)
        yield words.many("parcels.unknown", len(tally.unknown), numbers=named)
    if tally.mistyped:
        named = joined(words, tally.mistyped, at_most=_NAMED)
        yield words.many("files.list.mistyped", len(tally.mistyped), numbers=named)


def _tone(tally: _Tally) -> Tone:
    return Tone.WARNING if tally.late or tally.stages["held"] or not tally.found else Tone.NEUTRAL

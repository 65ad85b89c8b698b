"""What a person is told of the files they sent: what was read where, what was left out, and why nothing was found."""

from collections.abc import Iterator, Sequence
from typing import Final

from bot.contracts import Card
from bot.reading.model import Column, Odd, Trouble
from bot.skills.enclosed import Enclosed, Picked, Source
from bot.skills.parcels.phrases import joined
from bot.wording import Words

NUMBERS_TOLD: Final = 10
"""Of a picture, so that the person sees that they were read rightly."""
ODD_TOLD: Final = 3


def with_files_told(cards: Sequence[Card], readers: Sequence[Words], enclosed: Enclosed) -> tuple[Card, ...]:
    """The cards, the first of each language beginning with what was read in the files."""
    began: set[str] = set()
    given = []
    for card in cards:
        alone = not (card.title or card.text)
        lines = () if card.language in began else told(words_of(card, readers), enclosed, alone=alone)
        began.add(card.language)
        given.append(card.model_copy(update={"text": (*lines, *card.text)}))
    return tuple(given)


def words_of(card: Card, readers: Sequence[Words]) -> Words:
    """The words a card was made with."""
    return next((words for words in readers if words.language == card.language), readers[0])


def told(words: Words, enclosed: Enclosed, *, alone: bool) -> tuple[str, ...]:
    """A sentence for each thing to know, the files in their order; of logos only where there is nothing else to say."""
    sources = [source for source in enclosed.sources if alone or not source.logo]
    lines = [line for source in sources for line in _of_source(words, source, alone=alone)]
    if enclosed.repeated:
        lines.append(words.many("files.repeated", enclosed.repeated))
    if enclosed.left:
        taken = len(enclosed.numbers)
        lines.append(words.say("files.left", given=words.number(taken + enclosed.left), n=words.number(taken)))
    return tuple(lines)


def _of_source(words: Words, source: Source, *, alone: bool) -> Iterator[str]:
    if source.trouble is Trouble.NO_CODE and not alone:  # perhaps a damaged box and no label
        yield words.say("files.words_only")
    elif source.trouble is not None:
        yield words.say(f"files.trouble.{source.trouble.value}", file=source.name)
    elif source.kind == "picture":
        yield words.say("files.picture", numbers=joined(words, source.numbers, at_most=NUMBERS_TOLD))
    for picked in source.picked:
        yield from _of_column(words, source, picked)
    if source.hidden:
        yield words.say("files.hidden", sheets=joined(words, source.hidden))


def _of_column(words: Words, source: Source, picked: Picked) -> Iterator[str]:
    column = picked.column
    if column.numbers:
        where = _where(words, column, picked.sheet)
        yield words.many("files.table", len(column.numbers), file=source.name, column=where)
    if picked.others:
        others = [_where(words, other) for other in picked.others]
        yield words.say("files.other_columns", columns=joined(words, others))
    if column.lost:
        yield words.many("files.lost", column.lost, cells=_odd(words, column.lost_shown))
    if column.junk:
        yield words.many("files.junk", column.junk, cells=_odd(words, column.junk_shown))


def _where(words: Words, column: Column, sheet: str = "") -> str:
    if column.heading and sheet:
        return words.say("files.column.on_sheet", heading=column.heading, letter=column.letter, sheet=sheet)
    if column.heading:
        return words.say("files.column.headed", heading=column.heading, letter=column.letter)
    return words.say("files.column", letter=column.letter)


def _odd(words: Words, cells: Sequence[Odd]) -> str:
    return joined(words, [words.say("files.cell", place=one.place, value=one.value) for one in cells[:ODD_TOLD]])

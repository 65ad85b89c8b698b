"""A list nobody gave the numbers of: how it is said, and the whole of it as a workbook where it is long."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.contracts import Card, File
from bot.people import PartnerScope
from bot.skills.base import Answer, Ask, Done
from bot.skills.parcels.many import COMFORTABLE, with_workbook
from bot.tracking.views import Filter
from bot.wording import Words
from bot.workbook.matching import What, ask_for_matching

Notes = Callable[[Words], Sequence[str]]
"""What is to be said besides, in a reader's words."""


@dataclass(frozen=True, slots=True)
class FoundList:
    """A list as it was found."""

    what: What
    which: Filter
    scope: PartnerScope
    total: int
    say: Callable[[Words], Card]
    """The first of it, in a reader's words."""


def no_notes(words: Words) -> Sequence[str]:  # noqa: ARG001 - the shape of `Notes`
    """Nothing besides."""
    return ()


def answer_with_lists(
    ask: Ask, lists: Sequence[FoundList], *, named: Sequence[str] = (), notes: Notes = no_notes
) -> Answer:
    """One card a list; where files can be handed over, a long one, or one that is exported, comes as a workbook.

    `named` carries the parcels: the next message may mean it as well as the rows.
    """
    cards = [found.say(ask.words) for found in lists]
    rows = [row[0] for card in cards if card.table is not None for row in card.table.rows]
    remember = " ".join([*named, *rows]) if named else ""
    whole = [found.total > (0 if ask.slots.get("whole") else COMFORTABLE) for found in lists]
    if not ask.takes_files or not any(whole):
        return Answer(cards=with_notes(cards, ask.words, notes), remember=remember)

    def change(conn: Connection) -> Done:
        files = [
            ask_for_matching(conn, found.what, found.which, scope=found.scope, words=ask.words) if wanted else None
            for found, wanted in zip(lists, whole, strict=True)
        ]

        def say(words: Words) -> tuple[Card, ...]:
            return with_notes([_said(words, *pair) for pair in zip(lists, files, strict=True)], words, notes)

        return Done(say, remember)

    return Answer(change=change)


def with_notes(cards: Sequence[Card], words: Words, notes: Notes) -> tuple[Card, ...]:
    """The cards, with what is to be said besides under the first; a card of its own where there is none."""
    said = notes(words)
    if not said:
        return tuple(cards)
    if not cards:
        return (Card(language=words.language, text=tuple(said)),)
    return (cards[0].model_copy(update={"text": (*cards[0].text, *said)}), *cards[1:])


def _said(words: Words, found: FoundList, file: File | None) -> Card:
    card = found.say(words)
    return card if file is None else with_workbook(words, card, file)

"""A list nobody gave the numbers of: how it is said, and the whole of it as a workbook where it is long."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection

from bot.contracts import Card, File
from bot.people import PartnerScope
from bot.skills.base import Answer, Ask, Done
from bot.tracking.views import Filter
from bot.wording import Words
from bot.workbook.matching import What, ask_for_matching

ROWS: Final = 15
"""Lines of such a list in a message."""


@dataclass(frozen=True, slots=True)
class FoundList:
    """A list as it was found."""

    what: What
    which: Filter
    scope: PartnerScope
    total: int
    say: Callable[[Words], Card]
    """The first of it, in a reader's words."""


def as_shown(which: Filter, *, here: bool | None) -> Filter:
    """The filter of what is shown: what is at the hub now, or all that goes through it."""
    return replace(which, hub=None, at_hub=which.hub) if here else which


def answer_with_lists(ask: Ask, lists: Sequence[FoundList]) -> Answer:
    """One card a list; where files can be handed over, a long one, or one that is exported, comes as a workbook."""
    whole = [found.total > (0 if ask.slots.get("whole") else ROWS) for found in lists]
    if not ask.takes_files or not any(whole):
        return Answer(cards=tuple(found.say(ask.words) for found in lists))

    def change(conn: Connection) -> Done:
        files = [
            ask_for_matching(conn, found.what, found.which, scope=found.scope, words=ask.words)
            if wanted else None
            for found, wanted in zip(lists, whole, strict=True)
        ]  # fmt: skip
        return Done(lambda words: tuple(_said(words, *pair) for pair in zip(lists, files, strict=True)))

    return Answer(change=change)


def _said(words: Words, found: FoundList, file: File | None) -> Card:
    card = found.say(words)
    if file is None:
        return card
    return card.model_copy(update={"text": (*card.text, words.say("parcels.many.workbook")), "files": (file,)})

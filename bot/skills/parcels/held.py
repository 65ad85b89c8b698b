"""Which parcels are held: how many, why, and those held longest."""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import Connection

from bot.contracts import Card, Table, Tone
from bot.skills.base import Ask
from bot.skills.parcels.filters import Wanted
from bot.skills.parcels.lists import FoundList
from bot.skills.parcels.many import COMFORTABLE
from bot.skills.parcels.phrases import capital, happening
from bot.skills.parcels.places import Placed, placed
from bot.skills.parcels.thread import thread, topic
from bot.skills.spotting import says
from bot.tracking.held import held_list
from bot.tracking.views import Filter, HeldGroup, HeldRow
from bot.wording import Words

Held = tuple[tuple[HeldGroup, ...], tuple[HeldRow, ...]]


def wants_held(ask: Ask) -> bool:
    """Whether the list asked for is that of held parcels."""
    return says(topic(ask), "held")


def wants_list(ask: Ask) -> bool:
    """Whether a question for a cause that names no parcel wants the list of held ones."""
    return says(ask.text, "held") and says(ask.text, "list") and not says(ask.text, "why")


def find_held(ask: Ask, conn: Connection, wanted: Wanted) -> FoundList:
    """What is held, and those longest; by customs alone when the message speaks of customs."""
    customs = any(says(text, "customs") for text in thread(ask))

    def found(which: Filter) -> tuple[int, Held]:
        groups, rows = held_list(conn, which, wanted.scope, customs=customs, limit=COMFORTABLE)
        return sum(group.parcels for group in groups), (groups, rows)

    here: Placed[Held] = placed(ask, wanted.filter, found)
    kind: Literal["customs", "held"] = "customs" if customs else "held"
    return FoundList(
        kind, here.which, wanted.scope, here.total, lambda words: _card(words, wanted, here, customs=customs)
    )


def _card(words: Words, wanted: Wanted, here: Placed[Held], *, customs: bool) -> Card:
    groups, rows = here.found
    said, footer = wanted.said(words), words.say("parcels.counted_at", when=words.when(words.now))
    kind = "customs" if customs else "any"
    if not here.total:
        text = words.say(f"parcels.held.none_of.{kind}", which=said) if said else words.say(f"parcels.held.none.{kind}")
        return Card(language=words.language, tone=Tone.GOOD, text=(text,), footer=footer)
    title = words.many(f"parcels.held.title.{kind}", here.total)
    return Card(
        language=words.language, title=words.say("parcels.title", number=title, status=said) if said else title,
        tone=Tone.WARNING, text=tuple(filter(None, (here.said(words), _reasons(words, groups), _longest(words, rows)))),
        table=Table(
            columns=tuple(words.say(f"parcels.column.{name}") for name in ("number", "reason", "since", "linehaul")),
            rows=tuple(_row(words, row) for row in rows), more=words.say("parcels.rows_more", n="{n}"),
            hidden=here.total - len(rows),
        ),
        footer=footer,
    )  # fmt: skip


def _reasons(words: Words, groups: Sequence[HeldGroup]) -> str:
    """How many for which reason; a single reason stands in the rows."""
    if len(groups) < 2:
        return ""
    counted: dict[str, int] = {}
    for group in groups:
        name = _reason(words, group.hold, group.reason)
        counted[name] = counted.get(name, 0) + group.parcels
    items = [words.say("parcels.count", n=words.number(count), stage=name) for name, count in counted.items()]
    return words.say("parcels.held.reasons", reasons=words.say("parcels.count_comma").join(items))


def _reason(words: Words, hold: str, reason: str | None) -> str:
    return words.reason(reason) if reason is not None and reason != "OTHER" else words.milestone(hold)


def _longest(words: Words, rows: Sequence[HeldRow]) -> str:
    if len(rows) < 2:
        return ""
    return words.say("parcels.held.longest", length=words.length(words.now - rows[0].since))


def _row(words: Words, row: HeldRow) -> tuple[str, ...]:
    what = capital(words, happening(words, milestone=row.hold, reason=row.reason, place=row.place))
    linehaul = (row.linehaul or "").partition("/")[0]
    return (row.number, what, words.clock(row.since), linehaul)

"""Which parcels are late: how many, and those that are longest."""

from collections.abc import Sequence

from sqlalchemy import Connection

from bot.contracts import Card, Table, Tone
from bot.skills.base import Ask
from bot.skills.parcels.filters import Wanted
from bot.skills.parcels.lists import FoundList
from bot.skills.parcels.many import COMFORTABLE
from bot.skills.parcels.phrases import capital
from bot.skills.parcels.places import Placed, placed
from bot.tracking.late import late_list
from bot.tracking.views import LateRow
from bot.wording import Words

Late = Placed[Sequence[LateRow]]


def find_late(ask: Ask, conn: Connection, wanted: Wanted) -> FoundList:
    """What is late, and those longest."""
    here: Late = placed(
        ask, wanted.filter, lambda which: late_list(conn, which, wanted.scope, ask.now, limit=COMFORTABLE)
    )
    return FoundList("late", here.which, wanted.scope, here.total, lambda words: _card(words, wanted, here))


def _card(words: Words, wanted: Wanted, here: Late) -> Card:
    total, rows = here.total, here.found
    said = wanted.said(words)
    if not total:
        text = words.say("parcels.late.none_of", which=said) if said else words.say("parcels.late.none")
        return Card(language=words.language, tone=Tone.GOOD, text=(text,), footer=_footer(words))
    title = words.many("parcels.late.title", total)
    return Card(
        language=words.language,
        title=words.say("parcels.title", number=title, status=said) if said else title,
        tone=Tone.WARNING,
        text=tuple(filter(None, (here.said(words), *_oldest(words, rows)))),
        table=Table(
            columns=tuple(words.say(f"parcels.column.{name}") for name in ("number", "status", "late", "linehaul")),
            rows=tuple(_row(words, row) for row in rows),
            more=words.say("parcels.rows_more", n="{n}"),
            hidden=total - len(rows),
        ),
        footer=_footer(words),
    )


def _oldest(words: Words, rows: Sequence[LateRow]) -> tuple[str, ...]:
    """How late at worst; of a single parcel its row says so."""
    if len(rows) < 2:
        return ()
    return (words.say("parcels.late.oldest", length=words.length(words.now - rows[0].late_since)),)


def _row(words: Words, row: LateRow) -> tuple[str, ...]:
    status = capital(words, words.stage(row.milestone))
    if row.place:
        status = words.say("parcels.at_place", what=status, place=words.place(row.place))
    linehaul = (row.linehaul or "").partition("/")[0]
    return (row.number, status, words.length(words.now - row.late_since), linehaul)


def _footer(words: Words) -> str:
    return words.say("parcels.counted_at", when=words.when(words.now))

"""Which parcels are late: how many, and those late longest."""

from collections.abc import Sequence

from sqlalchemy import Connection

from bot.contracts import Card, Table, Tone
from bot.skills.base import Answer, Ask
from bot.skills.parcels.asked import look_up, parcels_named
from bot.skills.parcels.filters import Wanted, read_filters
from bot.skills.parcels.many import ROWS
from bot.skills.parcels.phrases import capital
from bot.skills.parcels.track import answer_about
from bot.tracking.queries import late_list
from bot.tracking.views import LateRow
from bot.wording import Words


def delayed_list(ask: Ask, conn: Connection) -> Answer:
    """A list for each country named, one where none is; of numbers given, how those are."""
    if parcels_named(ask):
        return answer_about(ask, conn, look_up(ask, conn))
    return Answer(cards=tuple(_card(ask, conn, wanted) for wanted in read_filters(ask)))


def _card(ask: Ask, conn: Connection, wanted: Wanted) -> Card:
    words = ask.words
    total, rows = late_list(conn, wanted.filter, ask.person.scope, ask.now, limit=ROWS)
    said = wanted.said(words)
    if not total:
        text = words.say("parcels.late.none_of", which=said) if said else words.say("parcels.late.none")
        return Card(language=words.language, tone=Tone.GOOD, text=(text,), footer=_footer(words))
    title = words.many("parcels.late.title", total)
    return Card(
        language=words.language,
        title=words.say("parcels.title", number=title, status=said) if said else title,
        tone=Tone.WARNING,
        text=_oldest(words, rows),
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

"""Figures of a period, a hub, a mode, a country: how many, how far, how many late."""

from sqlalchemy import Connection

from bot.contracts import Card, Field
from bot.skills.base import Answer, Ask
from bot.skills.parcels.filters import Wanted, read_filters
from bot.skills.parcels.phrases import stage_table
from bot.tracking.queries import summarise
from bot.tracking.views import Summary
from bot.wording import Words


def summary(ask: Ask, conn: Connection) -> Answer:
    """A card for each country named, one where none is."""
    return Answer(cards=tuple(_card(ask, conn, wanted) for wanted in read_filters(ask, conn)))


def _card(ask: Ask, conn: Connection, wanted: Wanted) -> Card:
    words = ask.words
    figures = summarise(conn, wanted.filter, wanted.scope, ask.now)
    said = wanted.said(words)
    footer = words.say("parcels.counted_at", when=words.when(ask.now))
    if not figures.total:
        text = words.say("parcels.summary.none_of", which=said) if said else words.say("parcels.summary.none")
        return Card(language=words.language, text=(text,), footer=footer)
    title = words.say("parcels.summary.title")
    return Card(
        language=words.language,
        title=words.say("parcels.title", number=title, status=said) if said else title,
        text=(words.say("parcels.summary.counted"),) if wanted.period else (),
        fields=_fields(words, figures),
        table=stage_table(words, figures.by_stage),
        footer=footer,
    )


def _fields(words: Words, figures: Summary) -> tuple[Field, ...]:
    """Totals first; a figure that is nought is left out unless its absence is the news."""
    shown = [
        ("total", figures.total, True),
        ("received", figures.received, True),
        ("delivered", figures.delivered, True),
        ("late", figures.late, True),
        ("held", figures.held, False),
        ("returned", figures.returned, False),
    ]
    fields = [
        Field(label=words.say(f"parcels.summary.{name}"), value=_share(words, count, figures.total, name))
        for name, count, always in shown if always or count
    ]  # fmt: skip
    if figures.linehauls:
        fields.append(Field(label=words.say("parcels.summary.linehauls"), value=_linehauls(words, figures)))
    return tuple(fields)


def _share(words: Words, count: int, total: int, name: str) -> str:
    if name == "total" or not count:
        return words.number(count)
    percent = 100 * count / total
    shown = words.number(round(percent)) if percent >= 1 else words.say("parcels.summary.below_one")
    return words.say("parcels.summary.share", n=words.number(count), percent=shown)


def _linehauls(words: Words, figures: Summary) -> str:
    total = words.number(figures.linehauls)
    if not figures.late_linehauls:
        return total
    return words.say("parcels.haul.parcels_late", total=total, late=words.number(figures.late_linehauls))

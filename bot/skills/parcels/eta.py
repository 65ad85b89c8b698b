"""When will it arrive: what is usual for parcels like this one, what was promised, never a date of our own."""

from sqlalchemy import Connection

from bot.contracts import Card, Field, Table
from bot.skills.base import Answer, Ask
from bot.skills.parcels import lines
from bot.skills.parcels.asked import Asked, look_up
from bot.skills.parcels.card import field, tone
from bot.skills.parcels.many import REMEMBERED
from bot.skills.parcels.phrases import as_of, capital, folded, press, short_status
from bot.skills.parcels.refusals import notes
from bot.skills.parcels.steps import next_step, owner
from bot.skills.parcels.track import answer_about
from bot.tracking.views import ParcelView
from bot.wording import Words


def eta(ask: Ask, conn: Connection) -> Answer:
    """One parcel in sentences, several as a table."""
    asked = look_up(ask, conn)
    if not asked.found:
        return answer_about(ask, conn, asked, example="eta")
    if len(asked.found) == 1:
        number, parcels = asked.found[0]
        card = _one(ask, conn, number, parcels[0])
        return Answer(cards=(card.model_copy(update={"text": (*card.text, *notes(ask.words, asked))}),))
    return Answer(cards=(_several(ask, asked),), remember=" ".join(number for number, _ in asked.found[:REMEMBERED]))


def _one(ask: Ask, conn: Connection, number: str, view: ParcelView) -> Card:
    words = ask.words
    usual = lines.usual_range(words, view, ask.services.estimator)
    text = [
        lines.silence(ask, conn, view),
        lines.last_event(words, view),
        *lines.holds(words, view),
        lines.linehaul(words, view),
        lines.late(words, view),
        _why_no_range(words, view) if not usual else "",
    ]
    fields = (
        lines.promise(words, view),
        field(words, "next", next_step(words, view)),
        field(words, "owner", owner(words, view)),
    )
    return Card(
        language=words.language,
        title=words.say("parcels.title", number=number, status=_headline(words, view, usual)),
        tone=tone(view),
        text=tuple(filter(None, text)),
        fields=tuple(one for one in fields if isinstance(one, Field)),
        actions=() if view.final else (press(words, "follow", number), press(words, "person", number)),
        footer=as_of(words, (view,)),
    )


def _headline(words: Words, view: ParcelView, usual: str) -> str:
    return usual or capital(words, short_status(words, view))


def _why_no_range(words: Words, view: ParcelView) -> str:
    """Say plainly that nothing honest can be said."""
    if view.final:
        return ""
    if view.holds:
        return words.say("parcels.eta.held")
    stage = folded(view)
    return words.say(f"parcels.eta.{stage}" if stage in ("returning", "ready") else "parcels.eta.unknown")


def _several(ask: Ask, asked: Asked) -> Card:
    words = ask.words
    rows = tuple(_row(ask, number, parcels[0]) for number, parcels in asked.found)
    return Card(
        language=words.language,
        title=words.many("parcels.eta.title", len(asked.found)),
        text=tuple(notes(words, asked)),
        table=Table(
            columns=tuple(words.say(f"parcels.column.{name}") for name in ("number", "expected", "promise", "status")),
            rows=rows,
            more=words.say("parcels.rows_more", n="{n}"),
        ),
        footer=words.say("parcels.eta.footer", as_of=as_of(words, asked.views)),
    )


def _row(ask: Ask, number: str, view: ParcelView) -> tuple[str, ...]:
    words = ask.words
    promised = words.day(lines.delivery_day(view.promised_at)) if view.promised_at is not None else ""
    status = capital(words, short_status(words, view))
    return (number, _expected(ask, view), promised, status)


def _expected(ask: Ask, view: ParcelView) -> str:
    words = ask.words
    if view.milestone == "DELIVERED" and view.status_at is not None:
        return words.say("parcels.eta.delivered", day=words.near_day(view.status_at))
    return lines.usual_days(words, view, ask.services.estimator) or words.say("parcels.eta.open")

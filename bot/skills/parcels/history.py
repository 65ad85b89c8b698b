"""The whole trail of a parcel, newest first."""

from sqlalchemy import Connection

from bot.contracts import Card, Step
from bot.skills.base import Answer, Ask
from bot.skills.parcels import lines
from bot.skills.parcels.asked import look_up
from bot.skills.parcels.card import earlier_lives, tone
from bot.skills.parcels.phrases import as_of, capital, happening, moment, press, title
from bot.skills.parcels.refusals import notes
from bot.skills.parcels.track import answer_about
from bot.tracking.views import EventView, ParcelView
from bot.wording import Words

_STEPS = 40
_PARCELS = 3
"""More trails than this nobody reads in a chat."""


def history(ask: Ask, conn: Connection) -> Answer:
    """The trail of up to three parcels; without one, the same answer as where it is."""
    asked = look_up(ask, conn)
    if not asked.found:
        return answer_about(ask, conn, asked, example="history")
    words = ask.words
    cards = [trail_card(ask, conn, number, parcels) for number, parcels in asked.found[:_PARCELS]]
    said = notes(words, asked)
    if len(asked.found) > _PARCELS:
        said.append(words.many("parcels.history.first", _PARCELS, given=words.number(len(asked.found))))
    if said:
        cards[0] = cards[0].model_copy(update={"text": (*said, *cards[0].text)})
    return Answer(cards=tuple(cards), remember=" ".join(number for number, _ in asked.found[:_PARCELS]))


def trail_card(ask: Ask, conn: Connection, number: str, parcels: tuple[ParcelView, ...]) -> Card:
    """One parcel's events as a timeline; the zone is named once, below."""
    words, view = ask.words, parcels[0]
    events = [event for event in view.events if not _is_noise(event)]
    text = [lines.silence(ask, conn, view), earlier_lives(words, parcels)]
    if not events:
        text.append(words.say("parcels.no_scan"))
    return Card(
        language=words.language,
        title=title(words, number, view),
        tone=tone(view),
        text=tuple(filter(None, text)),
        timeline=tuple(step(words, event, view) for event in events[:_STEPS]),
        timeline_more=words.say("parcels.history.more", n="{n}"),
        timeline_hidden=max(0, len(events) - _STEPS),
        actions=() if view.final else (press(words, "follow", number),),
        footer=words.say("parcels.history.footer", zone=words.zone_name, as_of=as_of(words, (view,), zone=False)),
    )


def _is_noise(event: EventView) -> bool:
    """A flight's plan told again is no news of a parcel."""
    return event.scope != "parcel" and event.milestone == "INFO_UPDATE"


def step(words: Words, event: EventView, view: ParcelView) -> Step:
    """One event as a line: when, what and why, where."""
    what = happening(words, milestone=event.milestone, reason=event.reason, place=None)
    if event.scope != "parcel" and event.scope_key != view.number:
        what = words.say("parcels.history.carried", what=what, carrier=event.scope_key.partition("/")[0])
    return Step(
        when=capital(words, moment(words, event)),
        what=capital(words, what),
        where=words.place(event.location) if event.location else "",
    )

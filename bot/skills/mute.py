"""Silence for a time: the subscriptions stay, alerts are not pushed here until an instant."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from bot.alerts import service as alerts
from bot.alerts.model import MAX_MUTE, Muted, Scope
from bot.contracts import Card, Tone
from bot.skills.acts import unknown_alert
from bot.skills.base import Answer, Ask, Done
from bot.skills.choosing import Option, choose
from bot.skills.partners import partner_alone
from bot.skills.parts import in_a_row, note, press
from bot.skills.question import not_after_all
from bot.skills.scopes import as_slots, from_slots, scope_name
from bot.skills.undo import note_undo
from bot.wording import LANGUAGES, Words

LENGTHS: Final = ("2h", "8h", "1d")
"""Offered when a message names no end; `talk.mute.length.<length>` is the button."""
REASON_CHARACTERS: Final = 200
_DURATION = re.compile(r"(\d+)([mhdw])")
_UNITS: Final = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_ALERT = re.compile(r"\bA-?(\d{1,6})\b", re.IGNORECASE)


def mute(ask: Ask, conn: Connection) -> Answer:
    """Be quiet about what the message names, everything when it names nothing, until the end it names."""
    named = _ALERT.search(ask.text) if not ask.understanding.numbers else None
    if named is not None:
        scope = scope_of_alert(ask, conn, f"A-{named[1]}")
        if scope is None:
            return Answer(cards=(unknown_alert(ask.words, f"A-{named[1]}"),))
    else:
        impossible = partner_alone(ask, conn)
        if impossible is not None:
            return impossible
        scope = from_slots(ask.slots, at_most=ask.services.max_numbers) or Scope(everything=True)
    return _muting(ask, scope)


def _muting(ask: Ask, scope: Scope) -> Answer:
    length = _length(ask.slots.get("duration"))
    if length is None:
        return _how_long(ask, scope)
    until = ask.now + min(length, MAX_MUTE)

    def change(conn: Connection) -> Done:
        done = alerts.mute(
            conn, person=ask.person, conversation_id=ask.conversation_id, scope=scope, until=until,
            reason=ask.text[:REASON_CHARACTERS], now=ask.now,
        )
        if done.id is not None:
            note_undo(conn, ask, "mute", {"mute_id": done.id})
        known = _known(scope, done)
        back = not_after_all("undo") if done.id is not None else None
        return Done(lambda words: (_muted(words, known, done, cut=length > MAX_MUTE),), asks=back)

    return Answer(change=change)


def _muted(words: Words, scope: Scope | None, done: Muted, *, cut: bool) -> Card:
    unknown = words.say("talk.unknown", numbers=in_a_row(words, done.unknown)) if done.unknown else ""
    if done.id is None or scope is None:
        return note(words, unknown or words.say("talk.unknown_scope"), tone=Tone.WARNING)
    covers = words.many("talk.mute.covers", done.covers_open) if done.covers_open else ""
    return note(
        words, words.say("talk.mute.done", what=scope_name(words, scope), until=words.when(done.until)), covers,
        words.say("talk.mute.cut") if cut else "", unknown, tone=Tone.GOOD,
        actions=(press(words, "talk.button.undo", words.say("talk.button.undo.say")),),
        footer=words.say("talk.undo.how"),
    )


def _known(scope: Scope, done: Muted) -> Scope | None:
    if not done.unknown or done.id is None:
        return scope
    gone = set(done.unknown)
    numbers = tuple(number for number in scope.numbers if number not in gone)
    refs = tuple(ref for ref in scope.refs if ref not in gone)
    return replace(scope, numbers=numbers, refs=refs) if numbers or refs or scope.narrows else None


def _how_long(ask: Ask, scope: Scope) -> Answer:
    words = ask.words
    options: list[Option] = []
    for length in LENGTHS:
        labels = [replace(words, language=other).say(f"talk.mute.length.{length}") for other in LANGUAGES]
        slots = {**as_slots(scope), "duration": length}
        options.append(Option(words.say(f"talk.mute.length.{length}"), "mute", slots, also=(*labels, length)))
    none = Option(words.say("talk.button.no"), say=words.say("talk.button.no.say"))
    return choose(words, words.say("talk.mute.how_long?", what=scope_name(words, scope)), [*options, none])


def scope_of_alert(ask: Ask, conn: Connection, ref: str) -> Scope | None:
    """What an alert is about; None when the person may not know of it."""
    view = alerts.find_alert(conn, ref, ask.person.scope, ask.now)
    if view is None:
        return None
    if view.linehaul_number is not None:
        return Scope(refs=(view.linehaul_number,))
    return Scope(hub=view.hub) if view.hub is not None else None


def _length(duration: object) -> timedelta | None:
    match = _DURATION.fullmatch(str(duration)) if duration else None
    if match is None:
        return None
    return _UNITS[match[2]] * min(int(match[1]), 1_000_000)

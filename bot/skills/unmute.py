"""Silence is over: the mutes of a conversation are ended early. Until then "unmute" reads as a wish to follow."""

from collections.abc import Sequence

from sqlalchemy import Connection

from bot.alerts import service as alerts
from bot.alerts.model import MuteView, Scope
from bot.contracts import Card, Tone
from bot.skills.acts import unknown_alert
from bot.skills.base import Answer, Ask, Done
from bot.skills.mute import scope_of_alert
from bot.skills.parts import in_a_row, note, plain, press
from bot.skills.scopes import as_slots, from_slots, scope_name
from bot.skills.subscriptions import subscribe
from bot.skills.undo import note_undo
from bot.understanding.reading import Reading, read
from bot.understanding.slots import find_slots
from bot.wording import Words


def follow_or_unmute(ask: Ask, conn: Connection) -> Answer:
    """Follow what the message names, or end the mutes it names when that is what it asks for."""
    reading = read(ask.text)
    if reading.has("unmute") or (reading.has("mute") and reading.has("off")):
        return _unmute(ask, conn, reading)
    return subscribe(ask, conn)


def _unmute(ask: Ask, conn: Connection, reading: Reading) -> Answer:
    muted = alerts.list_mutes(conn, ask.conversation_id, ask.now)
    if not muted:
        # "Alerts on again" where nothing is muted is a wish to follow.
        return subscribe(ask, conn) if reading.has("subscribe") else plain(ask.words, "talk.unmute.none")
    # What the message itself names: a mute is never ended because of what was spoken of before.
    scope = from_slots(find_slots("mute", reading, ask.now)) or Scope(everything=True)
    if reading.masked.alert_ids:
        ref = reading.masked.alert_ids[0]
        about = scope_of_alert(ask, conn, ref)
        if about is None:
            return Answer(cards=(unknown_alert(ask.words, ref),))
        scope = about

    def change(conn: Connection) -> Done:
        ended = alerts.end_mutes(conn, conversation_id=ask.conversation_id, scope=scope, now=ask.now)
        if ended:
            mutes = [{"scope": as_slots(view.scope), "until": view.until.isoformat()} for view in ended]
            note_undo(conn, ask, "unmute", {"mutes": mutes})
        still = alerts.list_mutes(conn, ask.conversation_id, ask.now)
        return Done(lambda words: (_ended(words, scope, ended, still),))

    return Answer(change=change)


def _ended(words: Words, scope: Scope, ended: Sequence[MuteView], still: Sequence[MuteView]) -> Card:
    rest = [
        words.say("talk.unmute.still", what=scope_name(words, view.scope), until=words.when(view.until))
        for view in still
    ]
    every = (press(words, "talk.button.unmute", words.say("talk.button.unmute.say")),) if still else ()
    if not ended:
        first = words.say("talk.unmute.other", what=scope_name(words, scope))
        return note(words, first, *rest, tone=Tone.WARNING, actions=every)
    what = in_a_row(words, [scope_name(words, view.scope) for view in ended])
    undo = press(words, "talk.button.undo", words.say("talk.button.undo.say"))
    return note(
        words, words.say("talk.unmute.done", what=what), *rest, tone=Tone.GOOD, actions=(undo, *every),
        footer=words.say("talk.undo.how"),
    )

"""A group nobody has spoken for: operators are asked once who reads there before anything is shown."""

from dataclasses import replace
from typing import Final

from sqlalchemy import Connection

from bot.contracts import Action, Tone
from bot.people.places import is_shared, register_staff
from bot.people.service import Talk
from bot.skills.base import Answer, Ask, Done
from bot.skills.choosing import Option, confirm
from bot.skills.parts import note, plain, press
from bot.skills.question import said_alone
from bot.skills.undo import note_undo
from bot.understanding import Understanding

WHO_READS: Final = "who_reads"
"""Intent of a message in a place of which nobody has said who reads there, and of the word for saying so."""
LONGEST_QUESTION: Final = 500
LONGEST_LABEL: Final = 40
_SHOWS_NOTHING: Final = frozenset({
    "greeting", "thanks", "help", "out_of_scope", "leave", "undo", "set_language", "unsubscribe", "list_subscriptions",
    "nothing_asked", "disputed", WHO_READS,
})  # fmt: skip


def where_known(understanding: Understanding, talk: Talk) -> Understanding:
    """The request itself; in an unknown place the question who reads there, unless it shows nothing."""
    if not talk.unknown_readers or understanding.intent in _SHOWS_NOTHING:
        return understanding
    return replace(understanding, intent=WHO_READS, slots={})


def who_reads(ask: Ask, _: Connection) -> Answer:
    """Ask whether only our own people read here; an operator's yes is kept until somebody else writes."""
    words, address = ask.words, ask.message.conversation
    if not (ask.person.is_operator and is_shared(address)):
        return plain(words, "talk.place.not_yours" if is_shared(address) else "talk.place.alone")
    if not ask.slots.get("staff"):
        option = Option(words.say("talk.place.staff"), WHO_READS, {"staff": True, "said": ask.text[:LONGEST_QUESTION]})
        return confirm(words, words.say("talk.place.ask"), option)

    question = ask.text  # asked before it was known who reads: one press asks it again
    again = () if said_alone(question) == WHO_READS else (Action(label=question[:LONGEST_LABEL], say=question),)

    def change(conn: Connection) -> Done:
        if not register_staff(conn, address, ask.now):
            return Done(lambda words: (note(words, words.say("talk.place.of_a_partner"), tone=Tone.WARNING),))
        note_undo(conn, ask, WHO_READS, {"address": address.model_dump(mode="json")})
        return Done(lambda words: (note(
            words, words.say("talk.place.done"), tone=Tone.GOOD, footer=words.say("talk.undo.how"),
            actions=(*again, press(words, "talk.button.undo", words.say("talk.button.undo.say"))),
        ),))  # fmt: skip

    return Answer(change=change)

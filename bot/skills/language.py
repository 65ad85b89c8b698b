"""The language of the answers, as the person wants it from now on."""

from typing import Final

from sqlalchemy import Connection

from bot.contracts import Tone
from bot.people.service import set_language as keep
from bot.skills.base import Answer, Ask, Done
from bot.skills.choosing import Option, choose
from bot.skills.languages import BILINGUAL, languages_of
from bot.skills.parts import note
from bot.skills.undo import note_undo

SETTINGS: Final = ("zh-Hans", "zh-Hant", "en", BILINGUAL)


def set_language(ask: Ask, _: Connection) -> Answer:
    """Remember a language and confirm in it; ask which one when none was named."""
    wanted = {"zh": "zh-Hans"}.get(str(ask.slots.get("language")), ask.slots.get("language"))
    if wanted not in SETTINGS:
        return _which(ask)
    setting = str(wanted)

    def change(conn: Connection) -> Done:
        before = keep(conn, ask.person, ask.conversation_id, setting)
        note_undo(conn, ask, "set_language", {"person": before.person, "conversation": before.conversation})
        return Done(
            lambda words: (note(
                words, words.say(f"talk.language.done.{setting}"), tone=Tone.GOOD, footer=words.say("talk.undo.how"),
            ),),
            languages=languages_of(setting),
        )  # fmt: skip

    return Answer(change=change)


def _which(ask: Ask) -> Answer:
    words = ask.words
    options = [Option(words.say(f"talk.language.{name}"), "set_language", {"language": name}) for name in SETTINGS]
    return choose(words, words.say("talk.language.which?"), options)

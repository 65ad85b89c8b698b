"""The talk around the questions: greeting, thanks, help, what cannot be answered, messages without words."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection

from bot.contracts import Action, Card, Field, Tone
from bot.skills.base import Answer, Ask, Skill
from bot.skills.hear_files import TOO_LONG
from bot.skills.parts import note, plain
from bot.skills.question import DISPUTED
from bot.understanding.slots import LISTS

EXAMPLES: Final = (
    "parcel", "many", "trail", "eta", "why", "linehaul", "late", "summary", "follow", "mute", "list", "alert", "human",
    "language",
)
"""Lines of the help card in order: `talk.help.<name>` says what for, `talk.help.<name>.say` is typed as it is."""
BUTTONS: Final = ("late", "list", "human")
NAMED: Final = 5
"""Numbers a button hands on."""


def greeting(ask: Ask, _: Connection) -> Answer:
    """Hello: who we are and what can be asked first."""
    card = note(ask.words, ask.words.say("talk.greeting"), ask.words.say("talk.greeting.how"))
    return Answer(cards=(card.model_copy(update={"actions": _buttons(ask, "help", "list")}),))


def thanks(ask: Ask, _: Connection) -> Answer:
    """You are welcome."""
    return plain(ask.words, "talk.thanks")


def help_(ask: Ask, _: Connection) -> Answer:
    """What can be asked, with examples that work as they stand."""
    words = ask.words
    fields = tuple(
        Field(label=words.say(f"talk.help.{name}"), value=words.say(f"talk.help.{name}.say")) for name in EXAMPLES
    )
    return Answer(cards=(Card(
        language=words.language, title=words.say("talk.help.title"), text=(words.say("talk.help.intro"),),
        fields=fields, actions=_buttons(ask, *BUTTONS), footer=words.say("talk.help.footer"),
    ),))  # fmt: skip


def out_of_scope(ask: Ask, _: Connection) -> Answer:
    """What we do not answer: said politely, with what can be asked instead."""
    card = note(ask.words, ask.words.say("talk.out_of_scope"), ask.words.say("talk.out_of_scope.instead"))
    return Answer(cards=(card.model_copy(update={"actions": _buttons(ask, "help", "human")}),))


def leave(ask: Ask, _: Connection) -> Answer:
    """The person answered a question of ours with no."""
    return plain(ask.words, "talk.left_as_it_is")


def nothing_asked(ask: Ask, _: Connection) -> Answer:
    """"1", "yes", where no question of ours is open any more."""
    card = note(ask.words, ask.words.say("talk.nothing_asked"))
    return Answer(cards=(card.model_copy(update={"actions": _buttons(ask, "help")}),))


def disputed(ask: Ask, _: Connection) -> Answer:
    """Our last answer is said not to be right: what of it, and who can look at it."""
    words, named = ask.words, [str(name) for slot in LISTS for name in ask.slots.get(slot, ())]
    human = " ".join([words.say("talk.button.human.say"), *named[:NAMED]])
    actions = (Action(label=words.say("talk.button.human"), say=human), *_buttons(ask, "help"))
    card = note(words, words.say("talk.disputed"), words.say("talk.disputed.how"))
    return Answer(cards=(card.model_copy(update={"actions": actions}),))


def _unread(kind: str) -> Skill:
    def unread(ask: Ask, _: Connection) -> Answer:
        words = ask.words
        text = words.say(f"talk.unread.{kind}") if ask.enclosed is None else ""  # else what was found is told for each
        card = note(words, text, tone=Tone.WARNING)
        return Answer(cards=(card.model_copy(update={"actions": _buttons(ask, "help", "human")}),))

    return unread


def file_too_long(ask: Ask, _: Connection) -> Answer:
    """A change for more parcels than a message may name: nothing is changed."""
    return plain(ask.words, "files.too_long", n=ask.words.number(ask.services.max_numbers))


def _buttons(ask: Ask, *names: str) -> tuple[Action, ...]:
    words = ask.words
    return tuple(
        Action(label=words.say(f"talk.button.{name}"), say=words.say(f"talk.button.{name}.say")) for name in names
    )


TALK_SKILLS: Final[Mapping[str, Skill]] = {
    "greeting": greeting,
    "thanks": thanks,
    "help": help_,
    "out_of_scope": out_of_scope,
    "leave": leave,
    "nothing_asked": nothing_asked,
    DISPUTED: disputed,
    TOO_LONG: file_too_long,
    **{f"unread_{kind}": _unread(kind) for kind in ("picture", "audio", "video", "file", "other")},
}

"""A question back with choices: pressed where the channel has buttons, picked by number or by name everywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection

from bot.contracts import Action, Field
from bot.skills.base import Answer, Ask
from bot.skills.parts import note
from bot.skills.question import LEAVE, Choice, Question, from_json
from bot.wording import Words

CHOOSE_AGAIN: Final = "choose_again"
"""Intent of a message that names a choice beyond those offered."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: what stands on the button, what it says, and the request it stands for."""

    label: str
    intent: str = LEAVE
    slots: Mapping[str, Any] = field(default_factory=dict)
    say: str = ""
    """Empty: the label."""
    also: tuple[str, ...] = ()
    """Other words that pick it."""

    @property
    def choice(self) -> Choice:
        """As an answer is compared with it."""
        return Choice(tuple(dict.fromkeys(filter(None, (self.label, self.say, *self.also)))), self.intent, self.slots)


def choose(
    words: Words, sentence: str, options: Sequence[Option], *, fields: Sequence[Field] = (), remember: str = " "
) -> Answer:
    """Ask which of several; `remember` is what may be referred to meanwhile, nothing unless given."""
    actions = [
        Action(label=one.label, say=one.say or one.label, number=place) for place, one in enumerate(options, start=1)
    ]
    card = note(words, sentence, actions=actions).model_copy(update={"fields": tuple(fields)})
    return Answer(cards=(card,), asks=Question(tuple([one.choice for one in options])), remember=remember)


def choose_again(ask: Ask, _: Connection) -> Answer:
    """Show the choices once more to somebody who named one that is not there."""
    question = from_json(ask.slots["choices"])
    options = [Option(one.says[0], one.intent, one.slots, also=one.says[1:]) for one in question.choices]
    return choose(ask.words, ask.words.say("talk.choose_again", n=ask.words.number(len(options))), options)


def confirm(words: Words, sentence: str, option: Option) -> Answer:
    """Ask whether one thing is meant; "yes" does it, anything else does not."""
    yes, no = words.say("talk.button.yes.say"), words.say("talk.button.no.say")
    actions = (Action(label=option.label, say=yes), Action(label=words.say("talk.button.no"), say=no))
    return Answer(cards=(note(words, sentence, actions=actions),), asks=Question((option.choice,)), remember=" ")

"""A question back with choices: pressed where the channel has buttons, picked by number or by name everywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.contracts import Action, Field
from bot.skills.base import Answer
from bot.skills.parts import note
from bot.skills.question import LEAVE, Choice, Question
from bot.wording import Words


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


def confirm(words: Words, sentence: str, option: Option) -> Answer:
    """Ask whether one thing is meant; "yes" does it, anything else does not."""
    yes, no = words.say("talk.button.yes.say"), words.say("talk.button.no.say")
    actions = (Action(label=option.label, say=yes), Action(label=words.say("talk.button.no"), say=no))
    return Answer(cards=(note(words, sentence, actions=actions),), asks=Question((option.choice,)), remember=" ")

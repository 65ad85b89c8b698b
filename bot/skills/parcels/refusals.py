"""Answers for numbers we cannot answer about: unknown, mistyped, missing, too many.

A parcel of somebody else and a parcel that does not exist get the same words: an answer tells nothing of others.
"""

from collections.abc import Sequence

from bot.contracts import Action, Card
from bot.skills.base import Answer, Ask
from bot.skills.parcels.asked import Asked, Mistyped
from bot.skills.parcels.phrases import joined, press
from bot.skills.question import Choice, Question
from bot.skills.spotting import unreadable
from bot.wording import Words


def nothing_named(ask: Ask, *, example: str = "number") -> Answer:
    """Ask for what is missing, with an example of how to say it."""
    words, typed = ask.words, unreadable(ask.text)
    text = words.say("parcels.not_a_number", text=typed) if typed else words.say(f"parcels.ask.{example}")
    return Answer(cards=(Card(language=words.language, text=(text,)),))


def refused(ask: Ask, asked: Asked) -> Answer:
    """The answer when none of the numbers leads to a parcel."""
    words = ask.words
    suggestions = [one for wrong in asked.mistyped for one in wrong.suggestions]
    card = Card(
        language=words.language,
        text=tuple(notes(words, asked)),
        actions=tuple(Action(label=one, say=one) for one in suggestions) or tuple(_help(words, asked)),
    )
    return Answer(
        cards=(card,),
        remember=" ".join(asked.unknown[:1]),
        asks=_question(ask.understanding.intent, suggestions),
    )


def notes(words: Words, asked: Asked) -> list[str]:
    """A sentence for each thing that could not be answered."""
    said = [_mistyped(words, wrong) for wrong in asked.mistyped[:3]]
    if len(asked.mistyped) > 3:
        rest = [wrong.number for wrong in asked.mistyped[3:]]
        said.append(words.many("parcels.mistyped_more", len(rest), numbers=joined(words, rest)))
    if len(asked.unknown) == 1:
        said.append(words.say("parcels.unknown_one", number=asked.unknown[0]))
    elif asked.unknown:
        said.append(words.many("parcels.unknown", len(asked.unknown), numbers=joined(words, asked.unknown)))
    if asked.left:
        said.append(words.many("parcels.too_many", asked.given - asked.left, given=words.number(asked.given)))
    return said


def _mistyped(words: Words, wrong: Mistyped) -> str:
    if not wrong.suggestions:
        return words.say("parcels.mistyped", number=wrong.number)
    suggestion = words.say("parcels.or").join(wrong.suggestions)
    return words.say("parcels.mistyped_suggest", number=wrong.number, suggestion=suggestion)


def _question(intent: str, suggestions: Sequence[str]) -> Question | None:
    """With one suggestion "yes" is enough to go on; with several the right one is pressed or typed."""
    if not suggestions:
        return None
    return Question(tuple(Choice((one,), intent, {"numbers": [one]}) for one in suggestions))


def _help(words: Words, asked: Asked) -> list[Action]:
    return [press(words, "person", asked.unknown[0])] if len(asked.unknown) == 1 else []

"""Small pieces the conversation's skills share: a card of sentences, a plain answer."""

from collections.abc import Sequence

from bot.contracts import Action, Card, Tone
from bot.skills.base import Answer
from bot.wording import Words


def note(
    words: Words, *text: str, tone: Tone = Tone.NEUTRAL, title: str = "", actions: Sequence[Action] = (),
    reference: str = "", footer: str = "",
) -> Card:  # fmt: skip
    """A card of a few sentences."""
    return Card(
        language=words.language, title=title, tone=tone, text=tuple(line for line in text if line),
        actions=tuple(actions), reference=reference, footer=footer,
    )


def plain(words: Words, key: str, **values: object) -> Answer:
    """An answer of one sentence that changes nothing."""
    return Answer(cards=(note(words, words.say(key, **values)),))


def press(words: Words, key: str, say: str, **values: object) -> Action:
    """A button: its label from the catalog, and what pressing it says."""
    return Action(label=words.say(key, **values), say=say)


def in_a_row(words: Words, items: Sequence[str], *, at_most: int = 10) -> str:
    """Several names in one sentence, the rest counted."""
    joined = words.say("talk.list_comma").join(items[:at_most])
    hidden = len(items) - at_most
    return joined if hidden <= 0 else words.many("talk.list_more", hidden, items=joined)

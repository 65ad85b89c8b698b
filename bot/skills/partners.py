"""Partners that an operator names: understanding knows no customer of ours, so it is told which words are names."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.contracts import InboundMessage
from bot.people.lookup import PartnerName
from bot.skills.hear import hear
from bot.skills.memory import Memory
from bot.skills.spotting import renamed
from bot.understanding import Understanding

NOT_UNDERSTOOD: Final = "out_of_scope"
_FIGURES: Final = "summary"
_AROUND: Final = " \t\r\n.,!?。，！？、:："


def may_name_a_partner(understanding: Understanding) -> bool:
    """True where a name nobody explained may be why little was understood, or only from what was said before."""
    if understanding.numbers:
        return False
    slots = understanding.slots
    return understanding.intent == NOT_UNDERSTOOD or "numbers" in slots or "refs" in slots


def hear_with_names(
    message: InboundMessage, memory: Memory, local_now: datetime, partners: Sequence[PartnerName]
) -> Understanding | None:
    """The request with each partner's name read as the name of a customer; None when no partner is named."""
    names = [name for one in partners for name in (one.name, one.code)]
    text = renamed(message.text, names)
    lines = tuple((role, renamed(said, names), at) if role == "user" else (role, said, at)
                  for role, said, at in memory.lines)  # fmt: skip
    if text == message.text and lines == memory.lines:
        return None
    heard = hear(message.model_copy(update={"text": text}), memory._replace(lines=lines), local_now)
    if heard.intent == NOT_UNDERSTOOD and not renamed(message.text, names, to="").strip(_AROUND):
        return replace(heard, intent=_FIGURES, slots={})  # a name and nothing else: how things are with that partner
    return heard

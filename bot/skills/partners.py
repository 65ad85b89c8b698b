"""Partners that an operator names: understanding knows no customer of ours, so it is told which words are names."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from bot.contracts import InboundMessage
from bot.people.lookup import PartnerName, partners_in
from bot.skills.base import Answer, Ask
from bot.skills.doubt import ASK_BACK
from bot.skills.hear import hear
from bot.skills.memory import Memory
from bot.skills.parts import plain
from bot.skills.spotting import names, renamed
from bot.understanding import Understanding

NOT_UNDERSTOOD: Final = "out_of_scope"
_FIGURES: Final = "summary"
_NARROWS: Final = frozenset({"hub", "mode", "country", "alert_id"})
_AROUND: Final = " \t\r\n.,!?。，！？、:："


def may_name_a_partner(understanding: Understanding) -> bool:
    """True where a name nobody explained may be why little was understood, or only from what was said before."""
    if understanding.numbers:
        return False
    slots = understanding.slots
    return understanding.intent in (NOT_UNDERSTOOD, ASK_BACK) or "numbers" in slots or "refs" in slots


def partner_alone(ask: Ask, conn: Connection) -> Answer | None:
    """Alerts go by what moves, not by whose it is: an operator who names a partner and nothing else is told so."""
    if not ask.person.is_operator or ask.understanding.numbers or _NARROWS & ask.slots.keys():
        return None
    partners = partners_in(conn, ask.person.scope)
    named = next((one for one in partners if names(ask.text, one.name) or names(ask.text, one.code)), None)
    return plain(ask.words, "talk.scope.no_partner", partner=named.name) if named is not None else None


def hear_with_names(
    message: InboundMessage, memory: Memory, local_now: datetime, partners: Sequence[PartnerName]
) -> Understanding | None:
    """The request with each partner's name read as the name of a customer; None when no partner is named."""
    called = [name for one in partners for name in (one.name, one.code)]
    text = renamed(message.text, called)
    lines = tuple((role, renamed(said, called), at) if role == "user" else (role, said, at)
                  for role, said, at in memory.lines)  # fmt: skip
    if text == message.text and lines == memory.lines:
        return None
    heard = hear(message.model_copy(update={"text": text}), memory._replace(lines=lines), local_now)
    if heard.intent == NOT_UNDERSTOOD and not renamed(message.text, called, to="").strip(_AROUND):
        return replace(heard, intent=_FIGURES, slots={})  # a name and nothing else: how things are with that partner
    return heard

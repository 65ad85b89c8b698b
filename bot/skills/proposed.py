"""What is made of a reading from outside: a question is answered, and it is said how it was read; a change is asked."""

from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection

from bot.contracts import Card, InboundMessage
from bot.outside.proposal import Proposal
from bot.people.service import Talk
from bot.skills.base import Answer, Change, Done
from bot.skills.doubt import ASK_BACK, CHOICES, OFFERED
from bot.skills.files_told import words_of
from bot.understanding import Understanding
from bot.understanding.slots import LISTS, SLOTS_OF
from bot.wording import Words

READS_ONLY: Final = frozenset({
    "track", "history", "eta", "delay_reason", "linehaul_status", "delayed_list", "summary", "list_subscriptions",
    "case_status",
})  # fmt: skip
"""Answered at once. Whatever else is proposed is a choice of the person's, made in the next message."""
SHOWN: Final = 200
"""Characters of a translation that are shown."""


def names_beside(message: InboundMessage, talk: Talk) -> tuple[str, ...]:
    """Who writes, as we and the platform call them, and what the place is called."""
    sender, place = message.sender, message.conversation
    return tuple(filter(None, (talk.person.name, sender.name, sender.organisation, place.title)))


def taken(own: Understanding, proposal: Proposal | None) -> Understanding:
    """The request in the light of a proposal from outside; our own reading where there is none worth having."""
    if proposal is None or proposal.intent not in OFFERED:
        return own
    slots = {**_spoken_of(own, proposal), **proposal.slots}
    if proposal.intent in READS_ONLY:
        return replace(
            own, intent=proposal.intent, slots=slots, alternatives=(),
            digest=lambda: f"proposed by {proposal.by}: {proposal.intent}; own: {own.digest()}",
        )
    meant: list[list[Any]] = [[proposal.intent, slots]]
    meant += [one for one in own.slots.get("meant", ()) if one[0] != proposal.intent]
    return replace(own, intent=ASK_BACK, slots={"meant": meant[:CHOICES]})


def _spoken_of(own: Understanding, proposal: Proposal) -> dict[str, Any]:
    """What was spoken of before, as our own reading has it, where the proposal is about such and names none."""
    if any(name in proposal.slots for name in LISTS):
        return {}
    takes = SLOTS_OF.get(proposal.intent, ())
    found = ({name: slots[name] for name in LISTS if name in slots} for _, slots in own.slots.get("meant", ()))
    return {name: value for name, value in next(filter(None, found), {}).items() if name in takes}


def told(answer: Answer, understanding: Understanding, proposal: Proposal, readers: tuple[Words, ...]) -> Answer:
    """The answer with a line that says how the message was read, where it was answered as proposed."""
    if understanding.intent != proposal.intent:
        return answer
    if answer.change is not None:
        return replace(answer, change=_saying(answer.change, proposal))
    return replace(answer, cards=tuple(_with_line(card, words_of(card, readers), proposal) for card in answer.cards))


def _saying(change: Change, proposal: Proposal) -> Change:
    """The same change (a workbook asked for), its cards with the line."""

    def with_line(conn: Connection) -> Done:
        done = change(conn)
        return replace(done, say=lambda words: tuple(_with_line(card, words, proposal) for card in done.say(words)))

    return with_line


def _with_line(card: Card, words: Words, proposal: Proposal) -> Card:
    if proposal.by == "translation":
        line = words.say("outside.read.translation", text=_short(proposal.translated))
    else:
        line = words.say("outside.read.model", what=words.say(f"talk.meant.{proposal.intent}"))
    return card.model_copy(update={"text": (*card.text, line)})


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"

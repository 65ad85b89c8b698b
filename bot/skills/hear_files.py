"""A message with files is heard as if the numbers in them had been typed beside its words."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from bot.contracts import InboundMessage
from bot.skills.enclosed import Enclosed
from bot.understanding import Understanding

UNREAD: Final = "unread_file"
TOO_LONG: Final = "file_too_long"
"""A change asked for so many parcels as no message may name."""
_WITHOUT_NUMBERS: Final = frozenset({
    "out_of_scope", "greeting", "thanks", "help", "leave", "linehaul_status", "summary", "ask_back",
})  # fmt: skip
"""What words without a number are taken for though they came with a file: its numbers are what they are about."""
_OF_PARCELS: Final = frozenset({"track", "history", "eta", "delay_reason"})
_ASKED: Final = _OF_PARCELS | {"delayed_list"}
_SAMPLE: Final = 2

Hear = Callable[[InboundMessage], Understanding]


def hear_with_files(message: InboundMessage, enclosed: Enclosed, hear: Hear, *, most: int) -> Understanding:
    """The request of words and files together. Of more than `most` numbers only questions are answered."""
    if not enclosed.numbers:
        return _without_numbers(hear(message))
    sample = enclosed.numbers[:_SAMPLE]
    heard = hear(message.model_copy(update={"text": f"{message.text}\n{' '.join(sample)}".strip()}))
    typed = [number for number in _numbers(heard) if number not in sample]
    numbers = list(dict.fromkeys([*typed, *enclosed.numbers]))
    intent = heard.intent
    if intent in _WITHOUT_NUMBERS or (not heard.numbers and intent not in _OF_PARCELS):
        intent = "track"  # numbers of no known form were not heard: nothing may be changed for want of them
    if len(numbers) > most:
        intent = "track" if intent in _ASKED else TOO_LONG
    return replace(heard, intent=intent, slots={**heard.slots, "numbers": numbers[:most]}, certain=True)


def _without_numbers(heard: Understanding) -> Understanding:
    """Where the words ask for what the files were to name, what is wrong with the files is the whole answer."""
    names = heard.slots.get("numbers") or heard.slots.get("refs") or heard.numbers
    return heard if names or heard.intent not in _OF_PARCELS else replace(heard, intent=UNREAD, slots={}, certain=True)


def _numbers(heard: Understanding) -> tuple[str, ...]:
    named = heard.slots.get("numbers", ())
    return (named,) if isinstance(named, str) else tuple(named)

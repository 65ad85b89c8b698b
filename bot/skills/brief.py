"""Which requests read so little that handing them to another thread would cost more than answering them."""

from typing import Final

from bot.contracts import InboundMessage
from bot.understanding import Understanding
from bot.understanding.numbers import is_parcel_kind

LONGEST_TEXT: Final = 500
MOST_NUMBERS: Final = 5
_OF_PARCELS: Final = frozenset({"track", "history", "eta", "delay_reason"})
_OF_NOTHING: Final = frozenset({
    "greeting", "thanks", "help", "out_of_scope", "ask_back", "nothing_asked", "disputed", "set_language",
})  # fmt: skip


def may_be_brief(message: InboundMessage) -> bool:
    """False where the reading of the words alone takes long."""
    return len(message.text) <= LONGEST_TEXT


def is_brief(understanding: Understanding) -> bool:
    """True for a few parcels found by their numbers and for small talk.

    Lists and counts may have to look at many rows, and so may a question that names no parcel, or what carries them.
    """
    if understanding.intent in _OF_NOTHING:
        return True
    if understanding.intent not in _OF_PARCELS or understanding.slots.get("refs"):
        return False
    named = understanding.slots.get("numbers") or understanding.numbers
    return 0 < len(named) <= MOST_NUMBERS and all(is_parcel_kind(one.kind) for one in understanding.numbers)

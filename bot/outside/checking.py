"""From what came in through the door to a proposal: only our intents, only the message's own words."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from bot.outside.hiding import AlteredPlaceholder, Hidden
from bot.outside.model import INTENTS, Said
from bot.outside.proposal import Proposal
from bot.understanding import understand
from bot.understanding.reading import Reading, read
from bot.understanding.slots import LISTS, NAMING, SLOTS_OF, find_slots

_BROUGHT_ALONG: Final = re.compile(r"(?i)[a-z]{2,}://|www\.|@|\b[\w-]{2,}\.[a-z]{2,}\b|\d{5,}")
"""Links, addresses and numbers never leave, so a translation that has one brought it along: nobody is shown it."""
_PIECES: Final = 100
_NONE: Final = "out_of_scope"


def from_model(said: Said, hidden: Hidden, text: str, now: datetime) -> Proposal | None:
    """The model's opinion, its slots read by our own finders in the pieces it copied; what it made up is dropped."""
    if said.intent not in INTENTS or said.intent == _NONE:
        return None
    whole = find_slots(said.intent, read(text), now)
    slots = dict(whole)
    for slot in SLOTS_OF.get(said.intent, ()):
        found = _of_slot(slot, said, hidden, now)
        if slot in LISTS:
            found = [one for one in found or () if one in whole.get(slot, ())]  # it may choose among them
        if found:
            slots[slot] = found
    return Proposal(said.intent, slots, "model")


def from_translation(
    translated: str, hidden: Hidden, text: str, *, terms: Mapping[str, str], now: datetime
) -> Proposal | None:
    """What our own understanding makes of the translation; what it names must stand in the message too."""
    if _BROUGHT_ALONG.search(translated):
        return None
    try:
        hidden.require_all(translated)
        english = hidden.restore(translated, by=terms)
    except AlteredPlaceholder:
        return None
    understanding = understand(english, now=now)
    if understanding.intent not in INTENTS or understanding.intent == _NONE or not understanding.certain:
        return None
    own = read(text)  # what names something is never taken from any words but the message's
    kept = {name: _own(value, own) if name in NAMING else value for name, value in understanding.slots.items()}
    slots = {name: value for name, value in kept.items() if value}
    return Proposal(understanding.intent, slots, "translation", " ".join(english.split()))


def _of_slot(slot: str, said: Said, hidden: Hidden, now: datetime) -> Any:
    pieces = said.slots.get(slot, [])
    copied = [p for p in dict.fromkeys([pieces] if isinstance(pieces, str) else pieces) if _is_copied(p, hidden)]
    good = [hidden.restore(piece) for piece in copied[:_PIECES]]
    return find_slots(said.intent, read(" ".join(good)), now).get(slot) if good else None


def _is_copied(piece: str, hidden: Hidden) -> bool:
    return bool(piece.strip()) and piece in hidden.text


def _own(value: Any, own: Reading) -> Any:
    """What of a slot's value stands in the message itself."""
    ours = {*own.parcels, *own.linehauls, *own.masked.alert_ids, *own.masked.case_ids}
    if isinstance(value, str):
        return value if value in ours else None
    return [one for one in value if one in ours]

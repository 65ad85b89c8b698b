""""And the second one?", "this one?" below an alert: a row of the list above, or what was replied to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.skills.ordinals import place_in
from bot.skills.recent import SHOWN, WHICH_PARCEL
from bot.skills.spotting import says
from bot.understanding import Turn, Understanding, understand
from bot.understanding.folding import fold
from bot.understanding.masking import Masked, mask
from bot.understanding.numbers import is_linehaul_kind, is_parcel_kind
from bot.understanding.slots import LISTS

LONGEST: Final = 60
_BARE: Final = 20
"""So short a message says little more than "this one?"."""
_OF_ROWS: Final = frozenset({
    "track", "history", "eta", "delay_reason", "report_problem", "document", "subscribe", "unsubscribe", "mute",
})  # fmt: skip
_TAKEN_FOR: Final = frozenset({"out_of_scope", "delayed_list", "summary", "linehaul_status", "greeting"})
"""What a bare "and the second one?" is taken for after a list."""
_REPEATED: Final = frozenset({"track", "history", "eta", "delay_reason"})
_OF_A_WHOLE: Final = frozenset({"out_of_scope", "track", "eta", "delay_reason", "linehaul_status"})
"""Asked of an alert these are about its flight or train, not about the parcels it lists."""
_OF_SCOPES: Final = frozenset({"refs", "hub", "mode", "country", "period", "everything"})


def pointed_at(
    understanding: Understanding, text: str, turns: Sequence[Turn], *, quoted: bool, local_now: datetime
) -> Understanding | None:
    """The request about what the message points at; None when it points at nothing that was shown."""
    if len(text) > LONGEST:
        return None
    place = place_in(fold(text))
    if place is not None and understanding.intent in _OF_ROWS | _TAKEN_FOR:
        return _row(understanding, place, turns[-1:] if quoted else turns)
    if not quoted or len(text) > _BARE or not says(text, "this"):
        return None
    return _replied(understanding, turns, local_now)


def _row(understanding: Understanding, place: int, turns: Sequence[Turn]) -> Understanding | None:
    lists = (parcels_in(mask(turn.text)) for turn in reversed(turns) if turn.role == "bot")
    rows = next((numbers for numbers in lists if len(numbers) > 1), None)
    if rows is None or place == 0:
        return None
    intent = understanding.intent if understanding.intent in _OF_ROWS else "track"
    if place > len(rows):
        return _sure(understanding, WHICH_PARCEL, numbers=rows[SHOWN - 1 :: -1], then=intent, rows=len(rows))
    kept = {name: value for name, value in understanding.slots.items() if name not in _OF_SCOPES}
    return _sure(understanding, intent, **kept | {"numbers": [rows[place - 1 if place > 0 else -1]]})


def _replied(understanding: Understanding, turns: Sequence[Turn], local_now: datetime) -> Understanding | None:
    """A bare "this one?" below a message of ours: the question asked before, of what stands there."""
    named = mask(turns[-1].text)
    parcels, hauls = parcels_in(named), [one.value for one in named.numbers if is_linehaul_kind(one.kind)]
    own = [name for slot in LISTS for name in understanding.slots.get(slot, ())]
    of_alert = bool(named.alert_ids) and understanding.intent in _OF_A_WHOLE
    if understanding.intent != "out_of_scope" and not of_alert and set(own) <= {*parcels, *hauls}:
        return None  # understood already
    if hauls and (of_alert or not parcels):
        return _sure(understanding, "linehaul_status", refs=list(dict.fromkeys(hauls)))
    if named.alert_ids:
        return _sure(understanding, "who", reference=named.alert_ids[0])
    if not parcels:
        return None
    before = next((turn.text for turn in reversed(turns) if turn.role == "user"), "")
    asked = understanding.intent if own else understand(before, now=local_now).intent
    return _sure(understanding, asked if asked in _REPEATED else "track", numbers=parcels)


def parcels_in(named: Masked) -> list[str]:
    """The parcels a message names, each once."""
    return list(dict.fromkeys(one.value for one in named.numbers if is_parcel_kind(one.kind)))


def _sure(understanding: Understanding, intent: str, **slots: object) -> Understanding:
    return replace(understanding, intent=intent, slots=slots, certain=True, alternatives=())

"""Earlier turns: what "it", "also", "instead" and a bare "noted" refer to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from bot.understanding.masking import Masked, mask
from bot.understanding.model import Turn
from bot.understanding.numbers import is_linehaul_kind, is_parcel_kind
from bot.understanding.phrasebook import either
from bot.understanding.reading import Reading
from bot.understanding.slots import find_slots

_REACH: Final = 8
_PARCEL_INTENTS = frozenset({"track", "history", "eta", "delay_reason", "report_problem"})
_SCOPED_INTENTS = frozenset({"subscribe", "unsubscribe", "mute"})
_UNTOLD: Final = ("track", "out_of_scope")
_UNDECIDED: Final = 5.5
_ASKED: Final = (
    ("why", "delay_reason"), ("when", "eta"), ("make_it", "eta"), ("history", "history"), ("doc_type", "document"),
    ("where", "track"), ("been", "track"), ("status", "track"),
    ("stuck", "delay_reason"), ("no_move", "delay_reason"), ("still_in", "track"), ("still_not", "track"),
)  # fmt: skip
_LISTED: Final = either("plural", "hub", "mode", "country", "period", "also")
_ELSEWHERE: Final = either("outside")
_PERIOD_INTENTS = frozenset({"delayed_list", "summary"})


def last_user_turn(context: Sequence[Turn]) -> int | None:
    """Return the index of the newest turn of the person."""
    for index in range(len(context) - 1, max(-1, len(context) - 1 - _REACH), -1):
        if context[index].role == "user":
            return index
    return None


def last_alert_ids(context: Sequence[Turn]) -> tuple[str, ...]:
    """Return the alerts named in the newest turn of the bot."""
    for turn in reversed(context[-_REACH:]):
        if turn.role == "bot":
            return mask(turn.text).alert_ids
    return ()


def about_earlier(intent: str, reading: Reading, context: Sequence[Turn]) -> str:
    """Return what a message that names nothing asks about what was just spoken of, or the intent it has."""
    if reading.parcels or reading.linehauls or reading.present & _ELSEWHERE:
        return intent
    if intent == "delayed_list" and reading.present & _LISTED == 0 and reading.has("short"):
        found = _from_masks(context[-2:], _identifiers)
        return intent if not found else "track" if "numbers" in found else "linehaul_status"
    if intent in _UNTOLD and _asks_of_case(reading, context[-1]):
        return "case_status"
    if intent != "out_of_scope" or reading.scores[intent] > _UNDECIDED:
        return intent
    found = _from_masks(context, _identifiers)
    asked = next((meant for label, meant in _ASKED if reading.has(label)), intent) if found else intent
    return "linehaul_status" if "refs" in found and asked in ("eta", "track", "delay_reason") else asked


def _asks_of_case(reading: Reading, newest: Turn) -> bool:
    if newest.role != "bot" or not (reading.has("status") or reading.has("case_go") or reading.has("case")):
        return False
    return bool(mask(newest.text).case_ids)


def fill(
    intent: str, slots: dict[str, Any], reading: Reading, context: Sequence[Turn], again: Callable[[int], Any]
) -> dict[str, Any]:
    """Complete the slots of a message that names nothing itself from the newest turn that does."""
    if intent in _PERIOD_INTENTS:
        return _fill_period(slots, reading, context, again)
    if intent == "acknowledge" and "alert_id" not in slots:
        return slots | _from_masks(context, _alert_ids)
    if intent == "case_status" and "case_id" not in slots:
        return slots | _from_masks(context, _case_ids)
    if "numbers" in slots or "refs" in slots or _asks_for_several(intent, reading):
        return slots
    if intent in _PARCEL_INTENTS or intent in ("document", "linehaul_status"):
        found = _chosen(reading, context) or _from_masks(context, _identifiers)
        if intent in _PARCEL_INTENTS and "numbers" in found:
            found.pop("refs", None)
        return slots | found
    if intent in _SCOPED_INTENTS and not reading.has("everything") and not {"hub", "mode", "country"} & slots.keys():
        return slots | (_from_masks(context, _identifiers) or _earlier_scope(context, again))
    return slots


def _asks_for_several(intent: str, reading: Reading) -> bool:
    """`which flights land tonight` is about no flight spoken of before."""
    return intent == "linehaul_status" and reading.has("flight") and reading.has("which")


def _earlier_scope(context: Sequence[Turn], again: Callable[[int], Any]) -> dict[str, Any]:
    """The hub, mode or country that the person last asked alerts for."""
    index = last_user_turn(context)
    earlier = again(index) if index is not None else None
    if earlier is None or earlier.intent not in _SCOPED_INTENTS:
        return {}
    return {name: value for name, value in earlier.slots.items() if name in ("hub", "mode", "country")}


def _fill_period(
    slots: dict[str, Any], reading: Reading, context: Sequence[Turn], again: Callable[[int], Any]
) -> dict[str, Any]:
    if not (reading.has("also") or reading.has("refers") or reading.has("elliptic")):
        return slots
    index = last_user_turn(context)
    if index is None:
        return slots
    earlier = again(index)
    if earlier.intent not in _PERIOD_INTENTS:
        return slots
    return {**earlier.slots, **slots}


def _from_masks(context: Sequence[Turn], pick: Callable[[Masked], dict[str, Any]]) -> dict[str, Any]:
    for turn in reversed(context[-_REACH:]):
        found = pick(mask(turn.text))
        if found:
            return found
    return {}


def _chosen(reading: Reading, context: Sequence[Turn]) -> dict[str, Any]:
    """`the second one`: an entry of the newest list of parcels that is long enough."""
    place = next((int(v) for hit in reading.hits for slot, v in hit.entry.values if slot == "ordinal"), None)
    if place is None:
        return {}
    for turn in reversed(context[-_REACH:]):
        numbers = _identifiers(mask(turn.text)).get("numbers", [])
        if len(numbers) >= max(2, place):
            return {"numbers": [numbers[place - 1 if place > 0 else -1]]}
    return {}


def _identifiers(masked: Masked) -> dict[str, Any]:
    parcels = list(dict.fromkeys(n.value for n in masked.numbers if is_parcel_kind(n.kind)))
    refs = list(dict.fromkeys(n.value for n in masked.numbers if is_linehaul_kind(n.kind)))
    found: dict[str, Any] = {}
    if parcels:
        found["numbers"] = parcels
    if refs:
        found["refs"] = refs
    return found


def _alert_ids(masked: Masked) -> dict[str, Any]:
    ids = masked.alert_ids
    return {"alert_id": ids[0] if len(ids) == 1 else list(ids)} if ids else {}


def _case_ids(masked: Masked) -> dict[str, Any]:
    ids = masked.case_ids
    return {"case_id": ids[0] if len(ids) == 1 else list(ids)} if ids else {}


def inherits(reading: Reading) -> bool:
    """Say whether a message only makes sense as a change to the one before it."""
    if reading.has("retract") or (reading.has("off") and reading.has("refers")):
        return True
    return reading.has("also") or reading.has("elliptic") or reading.has("short")


def changed(
    earlier_intent: str, earlier_slots: dict[str, Any], reading: Reading, context: Sequence[Turn], now: datetime
) -> dict[str, Any]:
    """Return the slots of the earlier question with what this message names put in their place."""
    new = find_slots(earlier_intent, reading, now) | _chosen(reading, context)
    if earlier_intent in _PERIOD_INTENTS | _SCOPED_INTENTS:
        if {"numbers", "refs"} & new.keys():
            return new
        return {**earlier_slots, **new}
    if not new:
        return dict(earlier_slots)
    return {**{k: v for k, v in earlier_slots.items() if k not in ("numbers", "refs")}, **new}

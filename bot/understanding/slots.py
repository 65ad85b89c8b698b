"""The slots of an intent, in the forms the skills rely on."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from bot.understanding.reading import Reading
from bot.understanding.slots_duration import find_duration
from bot.understanding.slots_time import find_period

_SCOPE = ("numbers", "refs", "hub", "mode", "country")
SLOTS_OF: Final[dict[str, tuple[str, ...]]] = {
    "track": ("numbers", "refs"), "history": ("numbers", "refs"), "eta": ("numbers", "refs"),
    "delay_reason": ("numbers", "refs"), "linehaul_status": ("refs", "numbers"),
    "delayed_list": ("hub", "mode", "period", "country"), "summary": ("hub", "mode", "period", "country"),
    "subscribe": _SCOPE, "unsubscribe": _SCOPE, "mute": (*_SCOPE, "duration"), "acknowledge": ("alert_id",),
    "case_status": ("case_id",), "handoff": ("numbers", "refs", "case_id"),
    "report_problem": ("numbers", "refs", "topic"), "document": ("numbers", "refs", "doc_type"),
    "template": ("topic", "numbers"), "set_language": ("language",),
}  # fmt: skip
_WEAK: Final = "weak:"
LISTS: Final = ("numbers", "refs")
"""Slots that name parcels and flights, each a list."""
NAMING: Final = (*LISTS, "alert_id", "case_id")
"""Slots that name one thing of somebody's."""
_COUNTRY_CODE = re.compile(
    r"(?<![A-Za-z0-9])(DE|FR|NL|ES|PL|SE|PT|CZ|DK|FI|GB|UK|IE|LU|CH|GR|HU|RO|BG|SK|SI|LT|LV|EE|BE|IT|AT|US|NO)"
    r"(?![A-Za-z0-9])"
)
_RISKY_CODES = frozenset({"IT", "AT", "US", "NO", "BE"})
_BEFORE_CODE = re.compile(r"(?:to|for|into|in|towards|country|destination|发往|到|去|往|寄)\s?$", re.IGNORECASE)


def find_slots(intent: str, reading: Reading, now: datetime) -> dict[str, Any]:
    """Return the slots an intent has that the message fills."""
    slots: dict[str, Any] = {}
    for slot in SLOTS_OF.get(intent, ()):
        value = _value(slot, reading, now)
        if value:
            slots[slot] = value
    return slots


def _value(slot: str, reading: Reading, now: datetime) -> Any:
    if slot == "period":
        return find_period(reading.text, reading.hits, now)
    if slot == "duration":
        return find_duration(reading.text, now)
    return _FINDERS[slot](reading)


def _values(reading: Reading, slot: str) -> list[str]:
    found = [value for hit in reading.hits for name, value in hit.entry.values if name == slot]
    return list(dict.fromkeys(found))


def _one_or_list(values: list[str]) -> str | list[str] | None:
    if len(values) > 1:
        return values
    return values[0] if values else None


def _papers(named: list[str]) -> list[str]:
    """Papers asked for; a word like 报关 is the declaration only when no paper is named beside it."""
    plain = [name for name in named if not name.startswith(_WEAK)]
    return plain or [name.removeprefix(_WEAK) for name in named]


def _first(slot: str) -> Callable[[Reading], Any]:
    def find(reading: Reading) -> Any:
        values = _values(reading, slot)
        return values[0] if values else None

    return find


def _country(reading: Reading) -> Any:
    values = _values(reading, "country")
    if not values:
        for match in _COUNTRY_CODE.finditer(reading.masked.plain):
            if match[1] in _RISKY_CODES and not _BEFORE_CODE.search(reading.masked.plain[: match.start()]):
                continue
            return "GB" if match[1] == "UK" else match[1]
    return _one_or_list(values)


def _topic(reading: Reading) -> Any:
    order = {name: i for i, name in enumerate(_TOPIC_ORDER)}
    values = sorted(_values(reading, "topic"), key=lambda name: order.get(name, 50))
    if values:
        return values[0]
    return next((topic for label, topic in _TOPIC_BEHIND if reading.has(label)), None)


def _language(reading: Reading) -> Any:
    values = _values(reading, "language")
    if "bilingual" in values or {"en"} < set(values):
        return "bilingual"
    return "zh-Hant" if "zh-Hant" in values else (values[-1] if values else None)


_TOPIC_ORDER = (
    "document_request", "compensation", "peak_season", "returned", "failed_delivery", "not_received",
    "wrong_address", "missing_content", "damaged", "lost", "duties", "customs_hold", "pickup", "delay",
)  # fmt: skip
_TOPIC_BEHIND: Final = (
    ("claim", "compensation"), ("shows_delivered", "not_received"), ("not_received", "not_received"),
    ("short_content", "missing_content"), ("damaged", "damaged"), ("wrong_place", "wrong_address"), ("lost", "lost"),
    ("charge", "duties"), ("late", "delay"), ("still_not", "delay"), ("so_long", "delay"),
    ("address_word", "wrong_address"), ("doc_type", "document_request"),
)  # fmt: skip
_FINDERS: Final[dict[str, Callable[[Reading], Any]]] = {
    "numbers": lambda reading: reading.parcels,
    "refs": lambda reading: reading.linehauls,
    "hub": _first("hub"),
    "mode": _first("mode"),
    "country": _country,
    "alert_id": lambda reading: _one_or_list(list(reading.masked.alert_ids)),
    "case_id": lambda reading: _one_or_list(list(reading.masked.case_ids)),
    "doc_type": lambda reading: _one_or_list(_papers(_values(reading, "doc_type"))),
    "topic": _topic,
    "language": _language,
}

"""What a subscription or a mute is about: from slots, back to slots, and in the reader's words."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.alerts.model import Scope
from bot.skills.parts import in_a_row
from bot.understanding.folding import fold
from bot.wording import Words

_EVERYTHING = re.compile(
    r"全部|所有|一切|全都|统统|全退|晒|\ball\b|\bevery(?:thing)?\b|\bany(?:thing)?\b|\balles\b|\btout(?:es)?\b"
)


def says_everything(text: str) -> bool:
    """True when a message says in so many words that it means everything."""
    return _EVERYTHING.search(fold(text)) is not None


def from_slots(slots: Mapping[str, Any], *, at_most: int = 100) -> Scope | None:
    """The scope that slots name; None when they name nothing."""
    country = slots.get("country")
    values: dict[str, Any] = {
        "numbers": tuple(slots.get("numbers", ()))[:at_most],
        "refs": tuple(slots.get("refs", ()))[:at_most],
        "hub": slots.get("hub"),
        "mode": slots.get("mode"),
        "country": country[0] if isinstance(country, Sequence) and not isinstance(country, str) else country,
    }
    if any(values.values()):
        return Scope(**values)
    return Scope(everything=True) if slots.get("everything") else None


def as_slots(scope: Scope) -> dict[str, Any]:
    """The same as plain data."""
    slots: dict[str, Any] = {
        "numbers": list(scope.numbers), "refs": list(scope.refs), "hub": scope.hub, "mode": scope.mode,
        "country": scope.country, "everything": scope.everything,
    }
    return {name: value for name, value in slots.items() if value}


def scope_name(words: Words, scope: Scope | None) -> str:
    """What it is about, as a person says it: numbers, a flight, "air to Belgium through Liège", everything."""
    if scope is None or scope.everything:
        return words.say("talk.scope.everything")
    names = [*scope.numbers, *scope.refs]
    if scope.narrows:
        names.append(_narrowing(words, scope))
    return in_a_row(words, names)


def say_scope(words: Words, scope: Scope) -> str:
    """The scope as a person would type it, in the reader's language."""
    if scope.everything:
        return words.say("talk.scope.everything.say")
    return " ".join([*scope.numbers, *scope.refs, *(_narrowing_parts(words, scope))])


def _narrowing(words: Words, scope: Scope) -> str:
    return words.say("talk.scope.join").join(_narrowing_parts(words, scope))


def _narrowing_parts(words: Words, scope: Scope) -> list[str]:
    parts = []
    if scope.hub is not None:
        parts.append(words.say(f"talk.scope.hub.{scope.hub}"))
    if scope.mode is not None:
        parts.append(words.say(f"talk.scope.mode.{scope.mode}"))
    if scope.country is not None:
        parts.append(words.say("talk.scope.to", country=words.country(scope.country)))
    return parts

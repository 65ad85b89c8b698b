"""What a message may mean when its words say too little: asked back in a sentence with two or three choices."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection

from bot.skills.base import Answer, Ask
from bot.skills.choosing import Option, choose, confirm
from bot.skills.parts import in_a_row
from bot.skills.scopes import from_slots, says_everything, scope_name
from bot.understanding import Understanding
from bot.understanding.slots import LISTS
from bot.wording import Words

ASK_BACK: Final = "ask_back"
"""Intent of a message that may mean several things."""
UNSURE: Final = "unsure"
"""Slot of a wish about nothing named that may not be meant: it is asked about by name first."""
CARRIED: Final = "carried"
"""Slot of a wish that names nothing itself, about what was spoken of before."""
CHOICES: Final = 3
REMEMBERED: Final = 1_000
"""Characters of the message, for what is done once it is known what was meant."""
NAMED: Final = 2
"""Numbers a button names; the rest is counted."""
OFFERED: Final = frozenset({
    "track", "history", "eta", "delay_reason", "linehaul_status", "delayed_list", "summary", "subscribe", "unsubscribe",
    "mute", "list_subscriptions", "acknowledge", "handoff", "report_problem", "document", "template", "case_status",
    "set_language",
})  # fmt: skip
"""Each has its words in `talk.meant.<intent>`."""
_ASKS_FIRST: Final = frozenset({"unsubscribe", "mute", "set_language", "report_problem"})
"""Changes that are not made on weak evidence, even where nothing else can be meant."""
_OF_ONE_THING: Final = frozenset({"unsubscribe", "mute"})
"""But of something named these are done where nothing else can be meant: a button takes them back."""
_ALIKE: Final = (
    frozenset({"track", "history", "eta", "delay_reason", "linehaul_status"}),  # each answer has buttons for the others
    frozenset({"handoff", "report_problem", "document"}),  # a person of the desk reads it
    frozenset({"subscribe", "list_subscriptions"}),  # what follows can be undone at once
)
"""Between these a guess costs nothing."""
_OF_ALERTS: Final = frozenset({"subscribe", "unsubscribe", "mute"})
_UNDONE_AT_ONCE: Final = frozenset({"subscribe", "acknowledge"})
"""Of what is named these are done, with a button that takes them back."""
_CLEARLY_OUTSIDE: Final = 0.5
_OF_MANY: Final = frozenset({"delayed_list", "summary", "list_subscriptions"})
"""About no parcel in particular."""

Meant = tuple[str, dict[str, Any]]


def doubted(understanding: Understanding) -> Understanding:
    """The reading itself, or the wish to be told which of several is meant."""
    if understanding.certain:
        return understanding
    meant = _meant(understanding)
    if not _is_asked(understanding, meant):
        return understanding
    if len(meant) == 1 and meant[0][0] == "unsubscribe" and from_slots(meant[0][1]) is None:
        return replace(understanding, intent="unsubscribe", slots={UNSURE: True})  # which one, only the store knows
    return replace(understanding, intent=ASK_BACK, slots={"meant": [list(one) for one in meant]})


def ask_back(ask: Ask, _: Connection) -> Answer:
    """Say what it may mean, and ask."""
    words, said = ask.words, ask.text[:REMEMBERED]
    meant = [(intent, _widened(intent, slots, said)) for intent, slots in ask.slots["meant"]]
    options = [Option(_label(words, intent, slots), intent, {**slots, "said": said}) for intent, slots in meant]
    if len(options) == 1:
        return ask_whether(words, options[0])
    none = Option(words.say("talk.meant.none"))
    return choose(words, words.say("talk.meant.which?"), [*options, none], remember=_named(ask.slots["meant"]))


def ask_whether(words: Words, only: Option) -> Answer:
    """Ask whether the one thing it may mean is meant: nobody agrees to what is not named."""
    yes = replace(only, label=words.say("talk.meant.yes"), also=(only.label,))
    return confirm(words, words.say("talk.meant.one?", what=only.label), yes)


def _meant(understanding: Understanding) -> list[Meant]:
    """The readings worth offering, the leading one first, each about what the message names."""
    found: dict[str, dict[str, Any]] = {}
    own = understanding.slots
    readings = [(understanding.intent, own), *((other.intent, other.slots) for other in understanding.alternatives)]
    for intent, slots in readings:
        named = intent in _OF_MANY or any(name in slots for name in LISTS)
        carried = {} if named else {k: own[k] for k in LISTS if k in own}
        if intent in OFFERED and intent not in found:
            found[intent] = {**carried, **_without_names(intent, slots)}
    return list(found.items())[:CHOICES]


def _without_names(intent: str, slots: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in slots.items() if name not in LISTS} if intent in _OF_MANY else slots


def _is_asked(understanding: Understanding, meant: list[Meant]) -> bool:
    intents = {intent for intent, _ in meant}
    if understanding.intent == "out_of_scope":
        return bool(meant) and understanding.confidence < _CLEARLY_OUTSIDE
    if understanding.intent in _UNDONE_AT_ONCE and _names(understanding.slots) and not (intents & _ASKS_FIRST):
        return False
    if len(meant) > 1:
        return not any(intents <= alike for alike in _ALIKE)
    return bool(intents & _ASKS_FIRST) and not (intents <= _OF_ONE_THING and _names(understanding.slots))


def _widened(intent: str, slots: Mapping[str, Any], said: str) -> Mapping[str, Any]:
    """Everything, where a wish about alerts says so and names nothing."""
    everything = intent in _OF_ALERTS and from_slots(slots) is None and says_everything(said)
    return {**slots, "everything": True} if everything else slots


def _names(slots: Mapping[str, Any]) -> bool:
    return any(slots.get(name) for name in (*LISTS, "alert_id"))


def _label(words: Words, intent: str, slots: Mapping[str, Any]) -> str:
    what, subject = words.say(f"talk.meant.{intent}"), _subject(words, slots)
    return words.say("talk.meant.about", what=what, subject=subject) if subject else what


def _subject(words: Words, slots: Mapping[str, Any]) -> str:
    names = [str(name) for slot in (*LISTS, "alert_id", "case_id") for name in _listed(slots.get(slot))]
    if names:
        return in_a_row(words, names, at_most=NAMED)
    if "language" in slots:
        tag = {"zh": "zh-Hans"}.get(str(slots["language"]), slots["language"])
        return words.say(f"talk.language.{tag}")
    scope = from_slots(slots)
    return scope_name(words, scope) if scope is not None else ""


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def _named(meant: list[list[Any]]) -> str:
    """The numbers spoken of: the next message may mean them too."""
    names = dict.fromkeys(name for _, slots in meant for slot in LISTS for name in slots.get(slot, ()))
    return " ".join(names) or " "

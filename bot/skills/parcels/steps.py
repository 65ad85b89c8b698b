"""What happens next to a parcel, who has it, and what is expected from whom."""

from collections.abc import Mapping

from bot.tracking.views import HoldView, ParcelView
from bot.wording import Words
from bot.wording.reasons import party_of
from bot.wording.stages import step_of

_OWNERS: Mapping[str, str] = {
    "no_scan": "shipper",
    "announced": "shipper",
    "accepted": "origin",
    "export_customs": "export_customs",
    "tender": "origin",
    "departure": "linehaul",
    "departed": "linehaul",
    "arrived": "hub",
    "at_hub": "hub",
    "import_customs": "customs",
    "released": "hub",
    "refused": "customs",
    "hand_over": "hub",
    "carrier_scan": "carrier",
    "handed_over": "carrier",
    "last_round": "carrier",
    "in_delivery": "carrier",
    "attempt_failed": "carrier",
    "ready": "pickup",
    "returning": "return",
}
_OVER = frozenset({"delivered", "returned", "destroyed", "cancelled"})
_OWN_ACTIONS = frozenset(
    {"CUS_DOCS", "CUS_VALUE", "CUS_IOSS_INVALID", "CUS_PROHIBITED", "CUS_DUTY_UNPAID", "CON_ADDRESS"}
)
_CUSTOMS_HOLDS = frozenset({"IMPORT_CUSTOMS_HELD", "EXPORT_CUSTOMS_HELD"})


def next_step(words: Words, view: ParcelView) -> str:
    """What happens next; empty when nothing more is to come."""
    step = "held" if view.holds else step_of(view.milestone)
    if step in _OVER:
        return ""
    return words.say(f"trade.next.{step}", hub=_hub(words, view), carrier=carrier_name(words, view))


def owner(words: Words, view: ParcelView) -> str:
    """Who has it now; empty when nobody has it any more."""
    if view.holds:
        return _holder(words, view, view.holds[0])
    return _owner_of_step(words, view, step_of(view.milestone))


def particular_action(words: Words, reason: str | None) -> str:
    """What this very reason asks for; empty when it asks for nothing particular."""
    return words.say(f"trade.action.{reason}") if reason in _OWN_ACTIONS else ""


def action_needed(words: Words, reason: str | None) -> str:
    """What a reason asks for, and of whom; empty where nothing can be said."""
    if reason in _OWN_ACTIONS:
        return particular_action(words, reason)
    party = party_of(reason)
    return words.say(f"trade.action.{party}") if party else ""


def carrier_name(words: Words, view: ParcelView) -> str:
    """The last-mile carrier by name, where it is known."""
    return view.carrier or words.say("trade.some_carrier")


def _hub(words: Words, view: ParcelView) -> str:
    return words.place(view.hub) if view.hub else words.say("trade.some_hub")


def _holder(words: Words, view: ParcelView, hold: HoldView) -> str:
    if hold.milestone == "EXPORT_CUSTOMS_HELD":
        return words.say("trade.owner.export_customs")
    if hold.milestone in _CUSTOMS_HOLDS:
        return _at_hub(words, view, "customs")
    party = party_of(hold.reason)
    return words.say(f"trade.party.{party}") if party else _owner_of_step(words, view, step_of(view.milestone))


def _owner_of_step(words: Words, view: ParcelView, step: str) -> str:
    kind = _OWNERS.get(step)
    if kind is None:
        return ""
    if kind == "carrier":
        return carrier_name(words, view)
    if kind in ("hub", "customs"):
        return _at_hub(words, view, kind)
    if kind == "linehaul" and view.mode in ("air", "rail", "truck"):
        return words.say(f"trade.owner.linehaul.{view.mode}")
    return words.say(f"trade.owner.{kind}")


def _at_hub(words: Words, view: ParcelView, kind: str) -> str:
    if not view.hub:
        return words.say(f"trade.owner.{kind}")
    return words.say(f"trade.owner.{kind}_at", hub=words.place(view.hub))

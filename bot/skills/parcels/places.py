"""A list "at" a hub: what is there now, else what is routed through it; the answer says which."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from bot.skills.base import Ask
from bot.skills.spotting import says
from bot.tracking.views import Filter
from bot.wording import Words

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Placed(Generic[T]):
    """What was found, and in which sense it is at the hub."""

    total: int
    found: T
    which: Filter
    """The filter it was found by."""
    hub: str | None = None
    here: bool | None = None
    """It is there now; False: it is routed through and none of it is there; None: where it is was not asked."""
    others: int = 0
    """Routed through and not there now."""

    def said(self, words: Words) -> str:
        """In which sense; empty where no hub was asked for."""
        if self.hub is None:
            return ""
        hub = words.place(self.hub)
        if self.here is None:
            return words.say("parcels.list.through", hub=hub)
        if not self.here:
            return words.say("parcels.list.none_at_hub", hub=hub)
        if self.others:
            return words.many("parcels.list.at_hub_more", self.others, hub=hub)
        return words.say("parcels.list.at_hub", hub=hub)


def placed(ask: Ask, wanted: Filter, find: Callable[[Filter], tuple[int, T]]) -> Placed[T]:
    """Look for what is at the hub now, then for what goes through it."""
    routed, found = find(wanted)
    if wanted.hub is None or not routed:
        return Placed(routed, found, wanted)
    if says(ask.text, "through"):
        return Placed(routed, found, wanted, wanted.hub)
    at_hub = replace(wanted, hub=None, at_hub=wanted.hub)
    here, there = find(at_hub)
    if not here:
        return Placed(routed, found, wanted, wanted.hub, here=False)
    return Placed(here, there, at_hub, wanted.hub, here=True, others=routed - here)

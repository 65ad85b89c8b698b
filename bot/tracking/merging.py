"""What is shown of many reports: in order of time, the same fact from several sources once, the best source's."""

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.tracking.codes import DELIVERED

if TYPE_CHECKING:
    from bot.tracking.status import Fact

SAME_FACT = 30 * 60_000_000
"""The same milestone from two sources within this time is one fact; a delivery: on the same day."""
_DAY = 86_400_000_000


def visible_of(facts: Iterable["Fact"]) -> list["Fact"]:
    """Oldest first. Which report came in first makes no difference."""
    ordered = sorted(facts, key=_order)
    kept: list[Fact] = []
    last: dict[int, int] = {}
    replaced = False
    for fact in ordered:
        place = last.get(fact.milestone)
        if place is not None and _same(fact, kept[place]):
            if (fact.rank, fact.received, fact.key) < (kept[place].rank, kept[place].received, kept[place].key):
                kept[place], replaced = fact, True
            continue
        last[fact.milestone] = len(kept)
        kept.append(fact)
    if replaced and any(earlier.order > later.order for earlier, later in pairwise(kept)):
        kept.sort(key=_order)  # a better source's time may lie behind its neighbour's
    return kept


def _order(fact: "Fact") -> tuple[int, int, int]:
    return fact.order, fact.milestone, fact.key


def _same(fact: "Fact", earlier: "Fact") -> bool:
    if fact.at is None or earlier.at is None:
        return fact.at == earlier.at and fact.source != earlier.source
    if fact.milestone == DELIVERED and fact.at // _DAY == earlier.at // _DAY:
        return True
    return fact.source != earlier.source and abs(fact.at - earlier.at) <= SAME_FACT

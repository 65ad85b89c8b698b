"""Weighted evidence: rules over labels, written as data, each voting for one intent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.understanding.lexicon import Hit

_GAP = 24
_REST_SHARE = 0.08


class Vote(NamedTuple):
    """One rule that applied."""

    intent: str
    weight: float
    rule: Rule


@dataclass(frozen=True, slots=True)
class Rule:
    """`weight need need !never first>second`: all needs, none of the nevers, pairs in this order and close.

    `must` holds the needs that one label alone meets, `needs` those that several meet.
    """

    intent: str
    weight: float
    must: int
    needs: tuple[int, ...]
    never: int
    pairs: tuple[tuple[int, int], ...]
    source: str

    def applies(self, present: int, hits: Sequence[Hit]) -> bool:
        """Say whether the labels present, and for pairs the hits themselves, satisfy the rule."""
        if present & self.never or present & self.must != self.must:
            return False
        for need in self.needs:
            if not present & need:
                return False
        return all(_in_order(first, second, hits) for first, second in self.pairs)

    @property
    def wanted(self) -> int:
        """All labels that can have carried the rule."""
        mask = self.must
        for need in self.needs:
            mask |= need
        return mask


def _in_order(first: int, second: int, hits: Sequence[Hit]) -> bool:
    for i, hit in enumerate(hits):
        if not hit.entry.bits & first:
            continue
        for other in hits[i + 1 :]:
            if other.start - hit.end > _GAP or other.sentence != hit.sentence:
                break
            if other.entry.bits & second:
                return True
    return False


def parse_rule(intent: str, source: str, bit: Callable[[str], int]) -> Rule:
    """Read one rule of the data file."""

    def either(labels: str) -> int:
        mask = 0
        for label in labels.split("/"):
            mask |= bit(label)
        return mask

    weight, *terms = source.split()
    needs: list[int] = []
    pairs: list[tuple[int, int]] = []
    never = 0
    for term in terms:
        if term.startswith("!"):
            never |= either(term[1:])
        elif ">" in term:
            first, _, second = term.partition(">")
            pairs.append((either(first), either(second)))
            needs += [either(first), either(second)]
        else:
            needs.append(either(term))
    must = sum({need for need in needs if need.bit_count() == 1})
    several = tuple(need for need in needs if need.bit_count() > 1)
    return Rule(intent, float(weight), must, several, never, tuple(pairs), source)


class RuleBook:
    """All rules, reachable from the labels of their first need."""

    def __init__(self, rules: Mapping[str, Iterable[str]], bit: Callable[[str], int]) -> None:
        self._by_bit: dict[int, list[Rule]] = {}
        for intent, sources in rules.items():
            for source in sources:
                rule = parse_rule(intent, source, bit)
                first = rule.must & -rule.must or min(rule.needs, key=int.bit_count)
                while first:
                    low = first & -first
                    self._by_bit.setdefault(low, []).append(rule)
                    first ^= low

    def votes(self, present: int, hits: Sequence[Hit]) -> list[Vote]:
        """Return the rules that apply to a set of labels."""
        votes: dict[int, Vote] = {}
        rest = present
        while rest:
            low = rest & -rest
            rest ^= low
            for rule in self._by_bit.get(low, ()):
                if id(rule) not in votes and rule.applies(present, hits):
                    votes[id(rule)] = Vote(rule.intent, rule.weight, rule)
        return list(votes.values())


def tally(votes: Iterable[Vote]) -> dict[str, float]:
    """Add votes up: the strongest counts fully, each further one for a little."""
    best: dict[str, float] = {}
    total: dict[str, float] = {}
    for intent, weight, _ in votes:
        best[intent] = max(best.get(intent, 0.0), weight)
        total[intent] = total.get(intent, 0.0) + weight
    return {intent: best[intent] + _REST_SHARE * min(total[intent] - best[intent], 4.0) for intent in best}

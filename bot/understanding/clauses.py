"""Negation and contrast: what a writer says they do not mean is taken out before anything votes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.understanding.lexicon import Hit, Lexicon

_NEAR = 8


class Clauses:
    """Knows the labels that turn a clause away."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._dismiss = lexicon.bit("dismiss")
        self._dismiss_before = lexicon.bit("dismiss_before")
        self._not = lexicon.bit("neg")
        self._but = lexicon.bit("but")
        self._alerting = lexicon.bit("notify") | lexicon.bit("alerts") | lexicon.bit("subscribe")
        self._values = sum(lexicon.bit(slot) for slot in ("language", "hub", "mode", "country", "period", "doc_type"))
        undoing = ("off", "unsub", "mute", "no_more", "stop_alerts")
        self._undoing = sum(lexicon.bit(label) for label in undoing)

    def without_dismissed(self, hits: Sequence[Hit]) -> list[Hit] | None:
        """Return the hits that are left after dismissal, or None when nothing is dismissed."""
        dropped: set[int] = set()
        for i, hit in enumerate(hits):
            if hit.entry.bits & self._dismiss:
                turned_away = self._to_clause_end(hits, i)
                if not self._is_request(hit, [other for other in hits if other.clause == hit.clause]):
                    dropped |= turned_away
            elif hit.entry.bits & self._dismiss_before:
                dropped |= {j for j in range(i + 1) if hits[j].clause == hit.clause}
            elif hit.entry.bits & self._not:
                dropped |= self._contrasted(hits, i)
        if not dropped:
            return None
        return [hit for i, hit in enumerate(hits) if i not in dropped]

    def _is_request(self, first: Hit, clause: Sequence[Hit]) -> bool:
        """`no need to alert me` asks for something; `no need to unsubscribe me` does not."""
        if not first.entry.bits & self._undoing:
            return False
        return any(hit.entry.bits & self._alerting for hit in clause)

    def _to_clause_end(self, hits: Sequence[Hit], start: int) -> set[int]:
        out = {start}
        for j in range(start + 1, len(hits)):
            if hits[j].clause != hits[start].clause or hits[j].entry.bits & self._but:
                break
            out.add(j)
        return out

    def _contrasted(self, hits: Sequence[Hit], start: int) -> set[int]:
        """`not X but Y` drops X; `Y, not X` drops X."""
        first = start == 0 or hits[start - 1].clause != hits[start].clause
        for j in range(start + 1, len(hits)):
            if hits[j].sentence != hits[start].sentence:
                break
            if hits[j].entry.bits & self._but:
                return set(range(start, j))
        if not first:
            return set()
        denied = self._to_clause_end(hits, start)
        return denied if start > 0 or self._replaced(hits, denied) else set()

    def _replaced(self, hits: Sequence[Hit], denied: set[int]) -> bool:
        """`not English, Chinese`: what follows in the sentence names another value of the same slot."""
        named = 0
        for j in denied:
            named |= hits[j].entry.bits & self._values
        last = max(denied)
        rest = (hit for hit in hits[last + 1 :] if hit.sentence == hits[last].sentence)
        return any(hit.entry.bits & named for hit in rest)

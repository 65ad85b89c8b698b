"""What carried what, and which of a carrier's events count for what it carried."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, FromClause, Select, literal_column, select

from bot.tracking.codes import ARRIVED, DEPARTED, OVERLAYS, State
from bot.tracking.haulstate import HAUL_COLUMNS, HaulState
from bot.tracking.lists import NUMBERS, ListQuery
from bot.tracking.snapshot import CARRIED_UP_TO
from bot.tracking.status import Fact
from bot.tracking.tables import containment, event, linehaul, source

MAX_DEPTH = 6
"""Parcel, bag, air pallet, consignment, movement; one more for a circle somebody typed."""


class Parent(NamedTuple):
    """One containment of a subject."""

    subject: int
    linehaul_id: int
    valid_from: int | None
    valid_to: int | None
    off_loaded: bool
    kind: int


def _upwards(wanted: FromClause) -> Select[Any]:
    """Every containment from the subjects up to the outermost, each once, so that a circle ends."""
    columns = (
        containment.c.subject, containment.c.linehaul_id, containment.c.valid_from, containment.c.valid_to,
        containment.c.off_loaded,
    )
    up = select(*columns).join_from(wanted, containment, containment.c.subject == wanted.c.value).cte(
        "up", recursive=True)
    up = up.union(select(*columns).join_from(up, containment, containment.c.subject == -up.c.linehaul_id))
    return select(*up.c, *HAUL_COLUMNS).join_from(up, linehaul, linehaul.c.id == up.c.linehaul_id)


_above = containment.alias("above")
_IS_CARRIED = select(literal_column("1")).where(_above.c.subject == -linehaul.c.id).correlate(linehaul).exists()
_CARRIERS = ListQuery(NUMBERS, lambda wanted: select(
    containment.c.subject, containment.c.linehaul_id, containment.c.valid_from, containment.c.valid_to,
    containment.c.off_loaded, *HAUL_COLUMNS, _IS_CARRIED.label("is_carried"),
).join_from(wanted, containment, containment.c.subject == wanted.c.value)
    .join(linehaul, linehaul.c.id == containment.c.linehaul_id))
"""What carries a subject at once, and whether that is itself carried: most parcels are on a flight and nothing more,
and then the recursion, which costs three times as much, is not run."""
_UPWARDS = ListQuery(NUMBERS, _upwards)
_OF_LINK, _END_OF_HAUL = 5, 5 + len(HAUL_COLUMNS)
_CHILDREN = ListQuery(NUMBERS, lambda wanted: select(containment.c.subject).join_from(
    wanted, containment, containment.c.linehaul_id == wanted.c.value).where(containment.c.subject < 0))
EVENTS = ListQuery(NUMBERS, lambda wanted: select(
    event.c.key, event.c.milestone, event.c.occurred_at, event.c.received_at, event.c.precision, event.c.quality,
    event.c.source_id, source.c.rank, event.c.reason, event.c.location, event.c.subject, event.c.pieces,
    event.c.pieces_total, event.c.operator, event.c.note, event.c.code, source.c.name, source.c.last_received_at,
    event.c.partner_id,
).select_from(wanted.join(event, event.c.subject == wanted.c.value).join(source, source.c.id == event.c.source_id))
    .where(event.c.state == State.VALID))
"""Columns of `Fact`, then the pieces and what people are shown."""
_FACT_COLUMNS = 11


class Carriage:
    """Everything that carries some subjects, up to the outermost."""

    def __init__(self, conn: Connection, subjects: Iterable[int]) -> None:
        wanted = sorted(set(subjects))
        self.parents: dict[int, list[Parent]] = {subject: [] for subject in wanted}
        self.hauls: dict[int, HaulState] = {}
        """Rows of what carries, by key."""
        self._off_loaded = False
        for row in _all_above(conn, wanted):
            haul = self.hauls.get(row[1])
            if haul is None:
                haul = self.hauls[row[1]] = HaulState(row[_OF_LINK:_END_OF_HAUL])
                self.parents.setdefault(-haul.id, [])
            parent = Parent(row[0], row[1], row[2], row[3], bool(row[4]), haul.kind)
            self.parents.setdefault(parent.subject, []).append(parent)
            self._off_loaded = self._off_loaded or parent.off_loaded

    def ids(self) -> set[int]:
        """Keys of all linehauls that carry any of the subjects."""
        return set(self.hauls)

    def above(self, subject: int) -> list[Parent]:
        """Every containment between a subject and the outermost that carries it, nearest first."""
        found: list[Parent] = []
        level, seen = [subject], {subject}
        while level:
            here = [one for below in level for one in self.parents.get(below, ())]
            found += here
            level = [-one.linehaul_id for one in here if -one.linehaul_id not in seen]
            seen.update(level)
        return found

    def facts_of(self, subject: int, facts: Mapping[int, Sequence[Fact]]) -> list[Fact]:
        """Own facts, and those of everything that carried it while it did."""
        own = facts.get(subject, ())
        if not self.parents.get(subject):
            return list(own)
        found = {(fact.subject, fact.key): fact for fact in own}
        left_behind = {one.linehaul_id for one in self.above(subject) if one.off_loaded} if self._off_loaded else set()
        self._carried(subject, None, facts, left_behind, found, MAX_DEPTH)
        return list(found.values())

    def _carried(
        self, subject: int, until: int | None, facts: Mapping[int, Sequence[Fact]], left_behind: set[int],
        found: dict[tuple[int, int], Fact], depth: int,
    ) -> None:
        """A carrier's events move what it carries up to the last mile; a departure without it does not."""
        for parent, end in spans(self.parents.get(subject, ())):
            last = end if until is None else until if end is None else min(end, until)
            highest = DEPARTED - 1 if parent.linehaul_id in left_behind else CARRIED_UP_TO
            for fact in facts.get(-parent.linehaul_id, ()):
                counts = fact.milestone <= highest or fact.milestone >= OVERLAYS
                if counts and (last is None or fact.order <= last):
                    found[(fact.subject, fact.key)] = fact
            if depth and self.parents.get(-parent.linehaul_id):
                self._carried(-parent.linehaul_id, last, facts, left_behind, found, depth - 1)


def _all_above(conn: Connection, subjects: Sequence[int]) -> Iterable[Sequence[Any]]:
    """Each containment above the subjects once, with the linehaul that carries."""
    rows = _CARRIERS.all(conn, subjects)
    carried = {-row[1] for row in rows if row[_END_OF_HAUL]}
    if not carried:
        return rows
    return {(row[0], row[1]): row for row in (*rows, *_UPWARDS.all(conn, sorted(carried)))}.values()


def spans(parents: Sequence[Parent]) -> list[tuple[Parent, int | None]]:
    """Each containment with its end: told, or when a later scan named another of the same kind."""
    if len(parents) == 1:
        return [(parents[0], None if parents[0].off_loaded else parents[0].valid_to)]
    spanned: list[tuple[Parent, int | None]] = []
    for parent in parents:
        ends = [one.valid_from for one in parents if one.kind == parent.kind and one.valid_from is not None
                and one.valid_from > (parent.valid_from or 0) and one.linehaul_id != parent.linehaul_id]
        if parent.valid_to is not None and not parent.off_loaded:
            ends.append(parent.valid_to)
        spanned.append((parent, min(ends, default=None)))
    return spanned


def inside_of(conn: Connection, linehaul_ids: Iterable[int]) -> set[int]:
    """The linehauls, and all linehauls they contain, however deep."""
    found = set(linehaul_ids)
    level = sorted(found)
    for _ in range(MAX_DEPTH):
        level = sorted({-row[0] for row in _CHILDREN.all(conn, level)} - found)
        if not level:
            break
        found.update(level)
    return found


def load_facts(conn: Connection, subjects: Iterable[int]) -> dict[int, list[Fact]]:
    """Facts that count, by subject."""
    return facts_from(EVENTS.all(conn, sorted(set(subjects))))


def facts_from(rows: Iterable[Sequence[Any]]) -> dict[int, list[Fact]]:
    """Facts of stored events; of what arrives in parts nothing has arrived until all of it has."""
    found: dict[int, list[Fact]] = {}
    parts: dict[tuple[int, int], list[Sequence[Any]]] = {}
    for row in rows:
        if row[11] is not None and row[12] is not None and row[11] < row[12]:
            parts.setdefault((row[10], row[1]), []).append(row)
        else:
            found.setdefault(row[10], []).append(Fact._make((*row[:_FACT_COLUMNS], row)))
    for (subject, milestone), some in parts.items():
        if milestone < ARRIVED or sum(row[11] for row in some) >= max(row[12] for row in some):
            last = max(some, key=lambda row: (row[2] or row[3], row[0]))
            found.setdefault(subject, []).append(Fact._make((*last[:_FACT_COLUMNS], last)))
    return found

"""Linehauls brought up to their events, with everything inside them; parcels are left alone, but for late ones."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, select

from bot.tracking.carriage import Carriage, inside_of, load_facts
from bot.tracking.codes import ARRIVED, DEPARTED, KIND
from bot.tracking.haulstate import HaulState
from bot.tracking.ingest.hauls import Hauls
from bot.tracking.ingest.judging import Standards, judge_haul
from bot.tracking.ingest.parcels import Parcels
from bot.tracking.lateness import LatenessEnded
from bot.tracking.lists import NUMBERS, ListQuery
from bot.tracking.snapshot import CARRIED_UP_TO
from bot.tracking.status import Fact, judge
from bot.tracking.tables import lateness

_LATE_ON = ListQuery(NUMBERS, lambda wanted: select(lateness.c.parcel_id).join_from(
    wanted, lateness, lateness.c.linehaul_id == wanted.c.value))
_LATE_IN = ListQuery(NUMBERS, lambda wanted: select(lateness.c.parcel_id).join_from(
    wanted, lateness, lateness.c.unit_id == wanted.c.value))


def refresh(
    conn: Connection, hauls: Hauls, parcels: Parcels, touched: Collection[int], *, standards: Standards, now: int
) -> list[LatenessEnded]:
    """Set status, outermost carrier and what is due; returns the latenesses that ended."""
    if not touched:
        return []
    states = hauls.load(inside_of(conn, touched))
    carriage = Carriage(conn, [-state.id for state in states])
    for above in carriage.hauls.values():
        if above.id not in hauls.by_id:
            hauls.keep(above)
    facts = load_facts(conn, carriage.parents)
    ended, moved = [], []
    for state in sorted(states, key=lambda one: one.id):
        before = (state.milestone, state.status_at)
        _settle(state, carriage.facts_of(-state.id, facts))
        if (state.milestone, state.status_at) != before:
            moved.append(state.id)
        _place(state, carriage, hauls.by_id)
        one = judge_haul(state, standards=standards, now=now)
        if one is not None:
            ended.append(one)
        state.changed = True
    late = {row[0] for query in (_LATE_ON, _LATE_IN) for row in query.all(conn, moved)}
    for one_late in parcels.load(late):
        one_late.changed = True  # so that it is judged with the others
    return ended


def _settle(state: HaulState, facts: Sequence[Fact]) -> None:
    status = judge(fact for fact in facts if fact.milestone <= CARRIED_UP_TO)
    state.milestone, state.status_at = status.milestone, status.at
    departed = [fact.order for fact in facts if fact.milestone == DEPARTED]
    arrived = [fact.order for fact in facts if fact.milestone == ARRIVED]
    state.departed_at, state.arrived_at = min(departed, default=None), max(arrived, default=None)


def _place(state: HaulState, carriage: Carriage, known: Mapping[int, HaulState]) -> None:
    """The outermost that carries it: of several movements the last to leave."""
    above = [one for one in carriage.above(-state.id) if not one.off_loaded]
    movements = [known[one.linehaul_id] for one in above if one.kind == KIND["movement"] and one.linehaul_id in known]
    if movements:
        top = max(movements, key=lambda one: (one.departed_at or one.planned_departure or one.noon or 0, one.id))
        state.hub, state.origin = state.hub or top.hub, state.origin or top.origin
        state.mode = top.mode
        state.top_id = top.id
    else:
        state.top_id = above[-1].linehaul_id if above else state.id

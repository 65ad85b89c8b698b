"""Parcels of a batch: their own snapshot, what is due next, what is no longer late."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from bot.delays import Standards, Subject
from bot.store.schema import from_micros
from bot.tracking.codes import FINAL, HOLDS, MILESTONE, MILESTONE_NAMES, REASON, REASON_NAMES, RULES, STAGE, State
from bot.tracking.ingest.hauls import due_columns
from bot.tracking.ingest.lookups import chunks
from bot.tracking.lateness import LatenessEnded
from bot.tracking.status import Fact, judge
from bot.tracking.tables import event, lane, linehaul, parcel

_SNAPSHOT = (
    "milestone", "status_at", "customs", "customs_at", "hold", "hold_reason", "held_since", "lane_id", "promised_at",
    "linehaul_id", "due_at", "due_milestone", "due_rule", "late_since", "late_milestone", "late_rule",
)  # fmt: skip
_UPDATE = update(parcel).where(parcel.c.id == bindparam("of")).values({name: bindparam(name) for name in _SNAPSHOT})
_CUSTOMS = range(100, 113)
_SIMPLE_UP_TO = 149
"""Below the delivery stages the highest stage wins, so a higher one can be taken over without looking back."""


class Parcels:
    """Brings parcels up to their new events."""

    def __init__(self, conn: Connection, standards: Standards) -> None:
        self._conn = conn
        self._standards = standards

    def refresh(
        self, touched: Mapping[int, list[dict[str, Any]]], whole: Collection[int], facts: Mapping[int, dict[str, Any]]
    ) -> list[LatenessEnded]:
        """Write the snapshots of touched parcels; returns the latenesses that ended."""
        ids = set(touched) | {key for key in whole if key > 0}
        rows = self._load(ids)
        hard = [key for key in ids if key in whole or not _simple(rows[key], touched.get(key, ()))]
        snapshots = self._judged(hard)
        ended, changes = [], []
        for key in ids:
            row = rows[key]
            own = snapshots.get(key) or _advanced(row, touched[key])
            values = {name: getattr(row, name) for name in _SNAPSHOT} | own | facts.get(key, {})
            late = _lateness(row, values)
            if late is not None:
                ended.append(late)
            values |= due_columns(self._standards.next_due(subject_of(row, values)))
            changes.append({"of": key, **values})
        if changes:
            self._conn.execute(_UPDATE, changes)
        return ended

    def _load(self, ids: Collection[int]) -> dict[int, Any]:
        found: dict[int, Any] = {}
        for part in chunks(ids):
            rows = self._conn.execute(
                select(parcel, lane.c.mode, lane.c.hub, lane.c.country, linehaul.c.milestone.label("haul_milestone"),
                       linehaul.c.status_at.label("haul_at"))
                .select_from(parcel.outerjoin(lane, lane.c.id == parcel.c.lane_id)
                             .outerjoin(linehaul, linehaul.c.id == parcel.c.linehaul_id))
                .where(parcel.c.id.in_(part))
            )
            found.update({row.id: row for row in rows})
        return found

    def _judged(self, ids: Collection[int]) -> dict[int, dict[str, Any]]:
        facts: dict[int, list[Fact]] = {key: [] for key in ids}
        for part in chunks(ids):
            for row in self._conn.execute(select(event).where(event.c.subject.in_(part), event.c.state == State.VALID)):
                facts[row.subject].append(fact_of(row))
        return {key: _snapshot(own) for key, own in facts.items()}


def fact_of(row: Any, source: str = "") -> Fact:
    """A stored event as the rules take it."""
    return Fact(
        id=row.id, milestone=MILESTONE_NAMES[row.milestone], at=row.occurred_at, received=row.received_at,
        precision=row.precision, state=row.state, source=source or str(row.source_id),
        reason=REASON_NAMES.get(row.reason or 0), location=row.location, skewed=bool(row.quality & 1),
    )


def _simple(row: Any, new: Any) -> bool:
    """Whether the new events can be taken over one after the other."""
    if row.hold is not None:
        return False
    for values in new:
        name = MILESTONE_NAMES[values["milestone"]]
        if name in HOLDS or values["milestone"] in _CUSTOMS:
            return False
        if name in STAGE and (values["milestone"] > _SIMPLE_UP_TO or (row.milestone or 0) > _SIMPLE_UP_TO):
            return False
    return row.customs is None


def _advanced(row: Any, new: Any) -> dict[str, Any]:
    milestone, at = row.milestone, row.status_at
    for values in new:
        if values["state"] == State.VALID and MILESTONE_NAMES[values["milestone"]] in STAGE:
            when = values["occurred_at"] or values["received_at"]
            if (values["milestone"], when) > (milestone or 0, at or 0):
                milestone, at = values["milestone"], when
    return {"milestone": milestone, "status_at": at}


def _snapshot(own: list[Fact]) -> dict[str, Any]:
    status = judge(own)
    hold = status.holds[0] if status.holds else None
    early = [fact for fact in status.visible if fact.stage in _CUSTOMS] if "customs_predeclared" in status.flags else []
    top = max(early, key=lambda fact: (fact.stage or 0, fact.order), default=None)
    return {
        "milestone": MILESTONE.get(status.milestone or ""),
        "status_at": None if status.fact is None else status.at or status.fact.received,
        "customs": MILESTONE[top.milestone] if top else None, "customs_at": top.order if top else None,
        "hold": MILESTONE[hold.milestone] if hold else None,
        "hold_reason": REASON.get(hold.reason or "") if hold else None, "held_since": hold.since if hold else None,
    }


def effective(values: Mapping[str, Any], row: Any) -> tuple[int | None, int | None]:
    """Milestone and instant with what carries the parcel."""
    milestone, at = values["milestone"], values["status_at"]
    haul, haul_at = row.haul_milestone, row.haul_at
    if haul is not None and haul > (milestone or 0) and (milestone or 0) < 210:
        milestone, at = haul, haul_at
    if values["customs"] is not None and (milestone or 0) in range(80, values["customs"]):
        milestone, at = values["customs"], values["customs_at"]
    return milestone, at


def subject_of(row: Any, values: Mapping[str, Any]) -> Subject:
    """A parcel as delays judges it."""
    milestone, at = effective(values, row)
    name = MILESTONE_NAMES.get(milestone or 0)
    passed = {RULES[values["late_rule"]]} if values["late_rule"] else set()
    return Subject(
        kind="parcel", milestone=name, stage=STAGE.get(name or ""), status_at=None if at is None else from_micros(at),
        mode=row.mode, hub=row.hub, country=row.country, final=name in FINAL,
        promised_at=None if values["promised_at"] is None else from_micros(values["promised_at"]),
        hold=MILESTONE_NAMES.get(values["hold"] or 0),
        held_since=None if values["held_since"] is None else from_micros(values["held_since"]),
        passed=frozenset(passed),
        late_since=None if values["late_since"] is None else from_micros(values["late_since"]),
    )


def _lateness(row: Any, values: dict[str, Any]) -> LatenessEnded | None:
    """What ended, when the awaited stage or a later one is there; clears the columns."""
    milestone, at = effective(values, row)
    if row.late_since is None or (milestone or 0) < (row.late_milestone or 0):
        return None
    values |= {"late_since": None, "late_milestone": None, "late_rule": None}
    return LatenessEnded(
        subject_kind="parcel", id=row.id, rule=RULES[row.late_rule], milestone=MILESTONE_NAMES.get(milestone or 0),
        at=None if at is None else from_micros(at),
    )

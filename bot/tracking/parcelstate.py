"""A parcel while a batch works on it: its row, its lateness if it is late, and what the batch has found out."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam

from bot.store.prepared import MakeInsert
from bot.tracking.lists import Bulk
from bot.tracking.tables import lateness, parcel, parcel_due

COLUMNS = (
    "id", "partner_id", "number", "first_seen", "lane_id", "promised_at", "milestone", "status_at", "customs",
    "customs_at", "hold", "hold_reason", "held_since", "linehaul_id", "unit_id", "due_at", "owed_at", "due_milestone",
    "due_rule",
)  # fmt: skip
_LATENESS = (
    "since", "milestone", "rule", "told_rules", "due_at", "owed_at", "due_milestone", "due_rule",
)  # fmt: skip
PARCEL_COLUMNS = (*(parcel.c[name] for name in COLUMNS), *(lateness.c[name] for name in _LATENESS))
"""What `ParcelState` is made of: a parcel, outer-joined with its lateness."""
_SNAPSHOT = (
    "milestone", "status_at", "customs", "customs_at", "hold", "hold_reason", "held_since", "due_at", "owed_at",
    "due_milestone", "due_rule",
)  # fmt: skip
_REST = ("first_seen", "lane_id", "promised_at", "linehaul_id", "unit_id")


def _updating(names: Sequence[str]) -> Bulk:
    values: list[tuple[str, Any]] = [(name, bindparam(name)) for name in names]
    return Bulk((*names, "of"), lambda _: parcel.update().where(parcel.c.id == bindparam("of")).ordered_values(*values))


def _marking(insert: MakeInsert) -> Any:
    made = insert(lateness).values({name: bindparam(name) for name in _MARK})
    return made.on_conflict_do_update(
        index_elements=["parcel_id"], set_={name: made.excluded[name] for name in _MARK if name != "parcel_id"})


_MARK = ("parcel_id", *_LATENESS, "linehaul_id", "unit_id")
INSERT = Bulk(COLUMNS, lambda insert: insert(parcel).values({name: bindparam(name) for name in COLUMNS}))
UPDATE_SNAPSHOT = _updating(_SNAPSHOT)
"""Columns that change with nearly every event, none of them indexed."""
UPDATE_WHOLE = _updating((*_SNAPSHOT, *_REST))
MARK_LATE = Bulk(_MARK, _marking)
UNMARK_LATE = Bulk(("of",), lambda _: lateness.delete().where(lateness.c.parcel_id == bindparam("of")))
QUEUE = Bulk(("at", "parcel_id"), lambda insert: insert(parcel_due).values(
    at=bindparam("at"), parcel_id=bindparam("parcel_id")).on_conflict_do_nothing())
"""A place that was left for an earlier one stays, and the sweep passes it over: cheaper than finding it again."""

_AT = {name: place for place, name in enumerate(COLUMNS)}
_COUNTED = itemgetter(*(_AT[name] for name in (
    "linehaul_id", "unit_id", "partner_id", "lane_id", "milestone", "customs", "hold", "status_at")))

Counted = tuple[int | None, int | None, int, int | None, int | None, int | None, int | None, int | None]
"""What a parcel is counted by: linehaul, unit, partner, lane, milestone, customs, hold, instant of the status."""


class ParcelState:
    """One parcel's row, open to changes."""

    __slots__ = (
        *COLUMNS, "late_since", "late_milestone", "late_rule", "told_rules", "stored", "queued_at", "was_late",
        "events", "judge_all", "relink", "changed", "changed_rest", "merged_into",
    )  # fmt: skip

    id: int
    partner_id: int
    number: str
    first_seen: int
    lane_id: int | None
    promised_at: int | None
    milestone: int | None
    status_at: int | None
    customs: int | None
    customs_at: int | None
    hold: int | None
    hold_reason: int | None
    held_since: int | None
    linehaul_id: int | None
    unit_id: int | None
    due_at: int | None
    owed_at: int | None
    due_milestone: int | None
    due_rule: int | None
    late_since: int | None
    late_milestone: int | None
    late_rule: int | None
    told_rules: int
    stored: Sequence[Any] | None
    """The row as it is in the store; None: not yet there."""
    queued_at: int | None
    """Where it stands in the queue of what is due."""
    was_late: bool
    events: list[tuple[int, int]]
    """Milestone and order of new events that count."""
    judge_all: bool
    """All events must be read again: something was corrected or taken back."""
    relink: bool
    """What carries it must be chosen again among several."""
    changed: bool
    changed_rest: bool
    """Something beside the columns of `UPDATE_SNAPSHOT`."""
    merged_into: "ParcelState | None"

    def __init__(self, row: Sequence[Any], *, is_new: bool = False) -> None:
        (
            self.id, self.partner_id, self.number, self.first_seen, self.lane_id, self.promised_at, self.milestone,
            self.status_at, self.customs, self.customs_at, self.hold, self.hold_reason, self.held_since,
            self.linehaul_id, self.unit_id, self.due_at, self.owed_at, self.due_milestone, self.due_rule,
            self.late_since, self.late_milestone, self.late_rule, told_rules, *instead,
        ) = row  # fmt: skip
        self.was_late = self.late_since is not None
        if self.was_late:
            self.due_at, self.owed_at, self.due_milestone, self.due_rule = instead
        self.told_rules = told_rules or 0
        self.stored, self.queued_at = (None, None) if is_new else (row, self.due_at)
        self.events = []
        self.judge_all = self.relink = False
        self.changed = self.changed_rest = is_new
        self.merged_into = None

    @classmethod
    def new(cls, partner_id: int, number: str, seen: int) -> "ParcelState":
        """A parcel nobody has spoken of before; `id` is given later."""
        return cls((0, partner_id, number, seen, *(None,) * (len(PARCEL_COLUMNS) - 4)), is_new=True)

    @property
    def is_new(self) -> bool:
        """True until it is stored."""
        return self.stored is None

    def final(self) -> "ParcelState":
        """Itself, or the parcel it turned out to be."""
        return self if self.merged_into is None else self.merged_into.final()

    def counted_before(self) -> Counted | None:
        """What it is counted by in the store."""
        return None if self.stored is None else _COUNTED(self.stored)

    def counted(self) -> Counted:
        """What it is to be counted by."""
        return (
            self.linehaul_id, self.unit_id, self.partner_id, self.lane_id, self.milestone, self.customs, self.hold,
            self.status_at,
        )  # fmt: skip

    def row(self) -> tuple[Any, ...]:
        """Values for `INSERT`."""
        return tuple([getattr(self, name) for name in COLUMNS])

    def snapshot_values(self) -> tuple[Any, ...]:
        """Values for `UPDATE_SNAPSHOT`."""
        return (
            self.milestone, self.status_at, self.customs, self.customs_at, self.hold, self.hold_reason,
            self.held_since, self.due_at, self.owed_at, self.due_milestone, self.due_rule, self.id,
        )  # fmt: skip

    def whole_values(self) -> tuple[Any, ...]:
        """Values for `UPDATE_WHOLE`."""
        return (
            self.milestone, self.status_at, self.customs, self.customs_at, self.hold, self.hold_reason,
            self.held_since, self.due_at, self.owed_at, self.due_milestone, self.due_rule, self.first_seen,
            self.lane_id, self.promised_at, self.linehaul_id, self.unit_id, self.id,
        )  # fmt: skip

    def late_values(self) -> tuple[Any, ...]:
        """Values for `MARK_LATE`."""
        return (
            self.id, self.late_since, self.late_milestone, self.late_rule, self.told_rules, self.due_at, self.owed_at,
            self.due_milestone, self.due_rule, self.linehaul_id, self.unit_id,
        )  # fmt: skip

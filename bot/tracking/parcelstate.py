"""A parcel while a batch works on it: its row, and what the batch has found out."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam

from bot.tracking.lists import Bulk
from bot.tracking.tables import parcel

COLUMNS = (
    "id", "partner_id", "number", "first_seen", "lane_id", "promised_at", "milestone", "status_at", "customs",
    "customs_at", "hold", "hold_reason", "held_since", "linehaul_id", "unit_id", "due_at", "owed_at", "due_milestone",
    "due_rule", "late_since", "late_milestone", "late_rule", "told_rules",
)  # fmt: skip
PARCEL_COLUMNS = tuple(parcel.c[name] for name in COLUMNS)
_SNAPSHOT = (
    "milestone", "status_at", "customs", "customs_at", "hold", "hold_reason", "held_since", "owed_at",
    "due_milestone", "due_rule",
)  # fmt: skip
_REST = (
    "first_seen", "lane_id", "promised_at", "linehaul_id", "unit_id", "late_since", "late_milestone", "late_rule",
    "told_rules",
)  # fmt: skip


def _updating(names: Sequence[str]) -> Bulk:
    values: list[tuple[str, Any]] = [(name, bindparam(name)) for name in names]
    return Bulk((*names, "of"), lambda _: parcel.update().where(parcel.c.id == bindparam("of")).ordered_values(*values))


INSERT = Bulk(COLUMNS, lambda insert: insert(parcel).values({name: bindparam(name) for name in COLUMNS}))
UPDATE_SNAPSHOT = _updating(_SNAPSHOT)
"""Columns that change with nearly every event, none of them indexed."""
UPDATE_WHOLE = _updating((*_SNAPSHOT, *_REST))
UPDATE_DUE = _updating(("due_at",))
"""By itself, because an index moves with it."""

_AT = {name: place for place, name in enumerate(COLUMNS)}
_COUNTED = itemgetter(*(_AT[name] for name in (
    "linehaul_id", "unit_id", "partner_id", "lane_id", "milestone", "customs", "hold", "status_at")))

Counted = tuple[int | None, int | None, int, int | None, int | None, int | None, int | None, int | None]
"""What a parcel is counted by: linehaul, unit, partner, lane, milestone, customs, hold, instant of the status."""


class ParcelState:
    """One parcel's row, open to changes."""

    __slots__ = (*COLUMNS, "stored", "events", "judge_all", "relink", "changed", "changed_rest", "merged_into")

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
            self.late_since, self.late_milestone, self.late_rule, self.told_rules,
        ) = row  # fmt: skip
        self.stored = None if is_new else row
        self.events = []
        self.judge_all = self.relink = False
        self.changed = self.changed_rest = is_new
        self.merged_into = None

    @classmethod
    def new(cls, partner_id: int, number: str, seen: int) -> "ParcelState":
        """A parcel nobody has spoken of before; `id` is given later."""
        return cls((0, partner_id, number, seen, *(None,) * 18, 0), is_new=True)

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

    @property
    def due_moved(self) -> bool:
        """Whether it is to be looked at at another time than before."""
        return self.stored is not None and self.stored[_AT["due_at"]] != self.due_at

    def snapshot_values(self) -> tuple[Any, ...]:
        """Values for `UPDATE_SNAPSHOT`."""
        return (
            self.milestone, self.status_at, self.customs, self.customs_at, self.hold, self.hold_reason,
            self.held_since, self.owed_at, self.due_milestone, self.due_rule, self.id,
        )  # fmt: skip

    def whole_values(self) -> tuple[Any, ...]:
        """Values for `UPDATE_WHOLE`."""
        return (
            self.milestone, self.status_at, self.customs, self.customs_at, self.hold, self.hold_reason,
            self.held_since, self.owed_at, self.due_milestone, self.due_rule, self.first_seen, self.lane_id,
            self.promised_at, self.linehaul_id, self.unit_id, self.late_since, self.late_milestone, self.late_rule,
            self.told_rules, self.id,
        )  # fmt: skip

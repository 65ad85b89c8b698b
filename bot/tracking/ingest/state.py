"""A parcel while a batch works on it: its row, and what the batch has found out."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam

from bot.tracking.lists import Bulk
from bot.tracking.tables import parcel

COLUMNS = (
    "id", "partner_id", "number", "first_seen", "lane_id", "promised_at", "milestone", "status_at", "customs",
    "customs_at", "hold", "hold_reason", "held_since", "linehaul_id", "unit_id", "due_at", "due_milestone", "due_rule",
    "late_since", "late_milestone", "late_rule", "told_rules",
)  # fmt: skip
PARCEL_COLUMNS = tuple(parcel.c[name] for name in COLUMNS)
_SNAPSHOT = (
    "milestone", "status_at", "customs", "customs_at", "hold", "hold_reason", "held_since", "due_at", "due_milestone",
    "due_rule",
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
"""Columns that change with nearly every event; the indexes of the others are left alone."""
UPDATE_WHOLE = _updating((*_SNAPSHOT, *_REST))

TallyKey = tuple[int, int, int, int, int, int, int]


class ParcelState:
    """One parcel's row, open to changes."""

    __slots__ = (
        *COLUMNS, "before", "is_new", "events", "judge_all", "relink", "changed", "changed_rest", "merged_into",
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
    due_milestone: int | None
    due_rule: int | None
    late_since: int | None
    late_milestone: int | None
    late_rule: int | None
    told_rules: int

    def __init__(self, row: Sequence[Any], *, is_new: bool = False) -> None:
        (
            self.id, self.partner_id, self.number, self.first_seen, self.lane_id, self.promised_at, self.milestone,
            self.status_at, self.customs, self.customs_at, self.hold, self.hold_reason, self.held_since,
            self.linehaul_id, self.unit_id, self.due_at, self.due_milestone, self.due_rule, self.late_since,
            self.late_milestone, self.late_rule, self.told_rules,
        ) = row  # fmt: skip
        self.is_new = is_new
        self.before: TallyKey | None = None if is_new else self.tally_key()
        self.events: list[tuple[int, int]] = []
        """Milestone and order of new events that count."""
        self.judge_all = False
        """All events must be read again: something was corrected or taken back."""
        self.relink = False
        """What carries it must be chosen again among several."""
        self.merged_into: ParcelState | None = None
        self.changed = is_new
        self.changed_rest = is_new

    def final(self) -> "ParcelState":
        """Itself, or the parcel it turned out to be."""
        return self if self.merged_into is None else self.merged_into.final()

    def tally_key(self) -> TallyKey:
        """What it is counted under."""
        return (
            self.linehaul_id or 0, self.unit_id or 0, self.partner_id, self.lane_id or 0, self.milestone or 0,
            self.customs or 0, 0 if self.hold is None else 1,
        )

    def row(self) -> tuple[Any, ...]:
        """Values for `INSERT`."""
        return tuple([getattr(self, name) for name in COLUMNS])

    def snapshot_values(self) -> tuple[Any, ...]:
        """Values for `UPDATE_SNAPSHOT`."""
        return (
            self.milestone, self.status_at, self.customs, self.customs_at, self.hold, self.hold_reason,
            self.held_since, self.due_at, self.due_milestone, self.due_rule, self.id,
        )  # fmt: skip

    def whole_values(self) -> tuple[Any, ...]:
        """Values for `UPDATE_WHOLE`."""
        return (
            *self.snapshot_values()[:-1], self.first_seen, self.lane_id, self.promised_at, self.linehaul_id,
            self.unit_id, self.late_since, self.late_milestone, self.late_rule, self.told_rules, self.id,
        )  # fmt: skip

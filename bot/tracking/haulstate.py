"""A linehaul while a batch works on it."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam

from bot.store.schema import to_micros
from bot.tracking.codes import KIND
from bot.tracking.lists import Bulk
from bot.tracking.refs import Ref, is_rail
from bot.tracking.tables import linehaul

COLUMNS = (
    "id", "kind", "key", "number", "dated", "first_seen", "mode", "origin", "hub", "country", "planned_departure",
    "departed_at", "planned_arrival", "expected_arrival", "arrived_at", "plan_from", "plan_to", "told_at", "top_id",
    "milestone", "status_at", "due_at", "due_milestone", "due_rule", "late_since", "late_milestone", "late_rule",
    "told_rules",
)  # fmt: skip
HAUL_COLUMNS = tuple(linehaul.c[name] for name in COLUMNS)
_CHANGING = tuple(name for name in COLUMNS if name not in ("id", "kind", "number", "first_seen"))
UPDATE = Bulk((*_CHANGING, "of"), lambda _: linehaul.update().where(linehaul.c.id == bindparam("of")).values(
    {name: bindparam(name) for name in _CHANGING}))
_CHINA = ZoneInfo("Asia/Shanghai")


class HaulState:
    """One linehaul's row, open to changes."""

    __slots__ = (*COLUMNS, "changed")

    id: int
    kind: int
    key: str
    number: str
    dated: bool
    first_seen: int
    mode: str | None
    origin: str | None
    hub: str | None
    country: str | None
    planned_departure: int | None
    departed_at: int | None
    planned_arrival: int | None
    expected_arrival: int | None
    arrived_at: int | None
    plan_from: int | None
    plan_to: int | None
    told_at: int | None
    top_id: int | None
    milestone: int | None
    status_at: int | None
    due_at: int | None
    due_milestone: int | None
    due_rule: int | None
    late_since: int | None
    late_milestone: int | None
    late_rule: int | None
    told_rules: int

    def __init__(self, row: Sequence[Any]) -> None:
        (
            self.id, self.kind, self.key, self.number, dated, self.first_seen, self.mode, self.origin, self.hub,
            self.country, self.planned_departure, self.departed_at, self.planned_arrival, self.expected_arrival,
            self.arrived_at, self.plan_from, self.plan_to, self.told_at, self.top_id, self.milestone, self.status_at,
            self.due_at, self.due_milestone, self.due_rule, self.late_since, self.late_milestone, self.late_rule,
            self.told_rules,
        ) = row  # fmt: skip
        self.dated = bool(dated)
        self.changed = False

    @classmethod
    def new(cls, ref: Ref, *, id: int, key: str, dated: bool, seen: int) -> "HaulState":
        """A linehaul nobody has spoken of before."""
        known = (id, KIND[ref.kind], key, ref.number, dated, seen, "rail" if is_rail(ref) else "air")
        state = cls((*known, *(None,) * (len(COLUMNS) - len(known) - 1), 0))
        state.top_id = id
        return state

    def row(self) -> tuple[Any, ...]:
        """Values of every column."""
        return tuple([getattr(self, name) for name in COLUMNS])

    def values(self) -> tuple[Any, ...]:
        """Values for `UPDATE`."""
        return (*[getattr(self, name) for name in _CHANGING], self.id)

    @property
    def noon(self) -> int | None:
        """Noon of the departure date in its key, for a movement whose times nobody has told."""
        if self.kind != KIND["movement"] or not self.dated:
            return None
        day = date.fromisoformat(self.key.rpartition("/")[2])
        return to_micros(datetime.combine(day, time(12), _CHINA))

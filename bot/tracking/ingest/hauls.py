"""Linehauls of a batch: found or made, linked, and their own state kept ready for everything inside them."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, select, update

from bot.delays import Due, Standards, Subject
from bot.store.schema import from_micros, insert, to_micros
from bot.tracking.codes import KIND, MILESTONE, MILESTONE_NAMES, RULE, RULES, STAGE, State
from bot.tracking.ingest.lookups import find_linehauls_of, lane_parts, seen_at
from bot.tracking.ingest.rows import EventRow, Ref, parse_ref
from bot.tracking.lateness import LatenessEnded
from bot.tracking.tables import containment, event, linehaul

CHINA = timedelta(hours=8)
SAME_RUN = {"air": timedelta(days=6), "rail": timedelta(days=40)}
"""A movement named without its date is the one of that number seen within this time."""
_TIMES = ("planned_departure", "departed_at", "planned_arrival", "expected_arrival", "arrived_at")


class Hauls:
    """The linehauls one batch speaks of."""

    def __init__(self, conn: Connection, rows: Iterable[EventRow], source_ids: dict[str, int]) -> None:
        self._conn = conn
        self._sources = source_ids
        self._rows = [row for row in rows if row.linehaul or row.units]
        refs = {ref for row in self._rows for ref in self._refs(row)}
        self._known = find_linehauls_of(conn, refs) if refs else {}
        self._ids: dict[tuple[Ref, str], int] = {}

    @staticmethod
    def _refs(row: EventRow) -> list[Ref]:
        named = [row.linehaul] if row.linehaul else []
        return [*named, *row.units, *(parse_ref(text) for text in row.contains)]

    def id_of(self, ref: Ref, row: EventRow) -> int:
        """The key of a linehaul, made when it is new."""
        seen = from_micros(seen_at(row))
        date = ref.date or ((seen + CHINA).date().isoformat() if ref.kind == "movement" else "")
        known = self._ids.get((ref, date))
        if known is None:
            known = self._ids[(ref, date)] = self._find(ref, seen) or self._make(ref, row, date)
        return known

    def _find(self, ref: Ref, seen: datetime) -> int | None:
        for row in self._known.get(ref.number, ()):
            if ref.kind != "movement" or row.key == ref.key:
                return int(row.id)
            window = SAME_RUN["rail" if ref.number.startswith("X8") else "air"]
            if ref.date is None and abs(from_micros(row.first_seen) - seen) <= window:
                return int(row.id)
        return None

    def _make(self, ref: Ref, row: EventRow, date: str) -> int:
        parts = lane_parts(row.lane) if row.lane else None
        mode = "rail" if ref.number.startswith("X8") or ref.kind == "container" else "air"
        values = {
            "kind": KIND[ref.kind], "key": f"{ref.number}/{date}" if date else ref.number, "number": ref.number,
            "dated": ref.date is not None, "first_seen": seen_at(row),
            "mode": parts.mode if parts and parts.mode else mode,
            "origin": parts.origin if parts else None, "hub": parts.hub if parts else None,
        }
        key = int(self._conn.execute(linehaul.insert().returning(linehaul.c.id), values).scalar_one())
        self._conn.execute(update(linehaul).where(linehaul.c.id == key).values(top_id=key))
        found = self._conn.execute(select(linehaul).where(linehaul.c.id == key)).one()
        self._known.setdefault(ref.number, []).insert(0, found)
        return key

    def link(self, subject: int, linehaul_id: int, source: str) -> None:
        """Say that something is inside a linehaul."""
        values = {
            "subject": subject, "linehaul_id": linehaul_id, "off_loaded": False, "source_id": self._sources.get(source),
        }
        statement = insert(self._conn, containment).values(values)
        self._conn.execute(statement.on_conflict_do_nothing(index_elements=["subject", "linehaul_id"]))

    def note_lane(self, linehaul_id: int, name: str | None) -> None:
        """Fill in what a lane's name says of a linehaul."""
        if name is None:
            return
        parts = lane_parts(name)
        values = {key: value for key in ("origin", "hub", "mode") if (value := getattr(parts, key))}
        if values:
            self._conn.execute(update(linehaul).where(linehaul.c.id == linehaul_id).values(values))


def off_load(conn: Connection, linehaul_id: int, at: int | None) -> None:
    """Take a unit off what carries it: that departure no longer counts for it."""
    conn.execute(
        update(containment)
        .where(containment.c.subject == -linehaul_id, containment.c.valid_to.is_(None))
        .values(valid_to=at, off_loaded=True)
    )


def refresh(
    conn: Connection, linehaul_id: int, *, standards: Standards, told_at: datetime | None
) -> list[LatenessEnded]:
    """Bring a linehaul's row up to its events, and everything inside it; returns the latenesses that ended."""
    row = conn.execute(select(linehaul).where(linehaul.c.id == linehaul_id)).one()
    values = _events(conn, linehaul_id)
    carrier = conn.execute(
        select(linehaul.c.milestone, linehaul.c.status_at, linehaul.c.top_id, linehaul.c.hub, linehaul.c.origin)
        .select_from(containment.join(linehaul, containment.c.linehaul_id == linehaul.c.id))
        .where(containment.c.subject == -linehaul_id, containment.c.off_loaded.is_(False))
        .order_by(containment.c.valid_to.is_(None).desc(), linehaul.c.id.desc())
    ).first()
    values["top_id"] = carrier.top_id if carrier is not None else linehaul_id
    if carrier is not None:
        if (carrier.milestone or 0) > (values["milestone"] or 0):
            values |= {"milestone": carrier.milestone, "status_at": carrier.status_at}
        values |= {"hub": row.hub or carrier.hub, "origin": row.origin or carrier.origin}
    ended = _lateness(row, values)
    late = ended is None and row.late_since is not None
    due = standards.next_due(_subject(row, values, told_at, passed=row.late_rule if late else None))
    values |= due_columns(due)
    conn.execute(update(linehaul).where(linehaul.c.id == linehaul_id).values(values))
    inside = conn.execute(
        select(containment.c.subject).where(containment.c.linehaul_id == linehaul_id, containment.c.subject < 0)
    ).scalars().all()
    below = [one for child in inside for one in refresh(conn, -child, standards=standards, told_at=None)]
    return ([ended] if ended else []) + below


def apply_plan(conn: Connection, linehaul_id: int, plan: Mapping[str, datetime]) -> None:
    """The first plan stays the plan; a later one is what is expected now."""
    row = conn.execute(select(linehaul).where(linehaul.c.id == linehaul_id)).one()
    values: dict[str, Any] = {}
    departure, arrival = plan.get("LINEHAUL_DEPARTED"), plan.get("LINEHAUL_ARRIVED")
    if departure is not None and row.planned_departure is None:
        values["planned_departure"] = to_micros(departure)
    if arrival is not None:
        values["planned_arrival" if row.planned_arrival is None else "expected_arrival"] = to_micros(arrival)
    if values:
        conn.execute(update(linehaul).where(linehaul.c.id == linehaul_id).values(values))


def _events(conn: Connection, linehaul_id: int) -> dict[str, Any]:
    found = conn.execute(
        select(event.c.milestone, event.c.occurred_at, event.c.received_at)
        .where(event.c.subject == -linehaul_id, event.c.state == State.VALID)
    ).all()
    staged = [(row.milestone, row.occurred_at or row.received_at) for row in found
              if MILESTONE_NAMES[row.milestone] in STAGE]
    top = max(staged, default=(None, None))
    at = dict(staged)
    return {
        "milestone": top[0], "status_at": top[1],
        "departed_at": at.get(MILESTONE["LINEHAUL_DEPARTED"]), "arrived_at": at.get(MILESTONE["LINEHAUL_ARRIVED"]),
    }


def _lateness(row: Any, values: dict[str, Any]) -> LatenessEnded | None:
    """What ended, when the awaited milestone is there; clears the columns."""
    if row.late_since is None or (values["milestone"] or 0) < (row.late_milestone or 0):
        return None
    values |= {"late_since": None, "late_milestone": None, "late_rule": None}
    return LatenessEnded(
        subject_kind="linehaul", id=row.id, rule=RULES[row.late_rule], milestone=MILESTONE_NAMES[values["milestone"]],
        at=None if values["status_at"] is None else from_micros(values["status_at"]),
    )


def _subject(row: Any, values: dict[str, Any], told_at: datetime | None, *, passed: int | None) -> Subject:
    merged = {name: values.get(name, getattr(row, name)) for name in (*_TIMES, "milestone", "status_at", "mode", "hub")}
    times = {name: None if merged[name] is None else from_micros(merged[name]) for name in (*_TIMES, "status_at")}
    if told_at is None and times["expected_arrival"] is not None:
        told_at = from_micros(row.first_seen)  # told earlier: it is known already
    name = MILESTONE_NAMES.get(merged["milestone"] or 0)
    kind: Literal["movement", "consignment", "container"] = "container"
    if row.kind == KIND["movement"]:
        kind = "movement"
    elif row.kind == KIND["consignment"]:
        kind = "consignment"
    return Subject(
        kind=kind, milestone=name, stage=STAGE.get(name or ""), mode=merged["mode"], hub=merged["hub"], told_at=told_at,
        passed=frozenset({RULES[passed]} if passed else ()), status_at=times["status_at"],
        planned_departure=times["planned_departure"], departed_at=times["departed_at"],
        planned_arrival=times["planned_arrival"], expected_arrival=times["expected_arrival"],
        arrived_at=times["arrived_at"],
    )


def due_columns(due: Due | None) -> dict[str, Any]:
    """A due instant as it is stored."""
    if due is None:
        return {"due_at": None, "due_milestone": None, "due_rule": None}
    return {"due_at": to_micros(due.at), "due_milestone": MILESTONE[due.milestone], "due_rule": RULE[due.rule]}

"""Episodes: lateness started, held back for a while, fired, ended. Set by set; the caller commits."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from sqlalchemy import BigInteger, Connection, and_, bindparam, case, func, or_, select, update

from bot.alerts import groups
from bot.alerts.tables import alert
from bot.store.prepared import micros
from bot.store.schema import to_micros
from bot.tracking.affected import stage_of
from bot.tracking.lateness import LatenessEnded, LateStarted
from bot.tracking.lists import NUMBERS, Bulk, ListQuery

AGAIN_WITHIN = timedelta(hours=24)
"""Late again so soon is the same episode going on, later a new one."""
_PART = 400


class Timing(Protocol):
    """The parts of `[alerts]` that say when somebody is told."""

    @property
    def hold_for(self) -> timedelta:
        """Between noticing and firing."""

    @property
    def group_wait(self) -> timedelta:
        """At most so long after the first member comes the first message."""

    @property
    def group_settle(self) -> timedelta:
        """So long nothing must have been added."""

    @property
    def regroup_after(self) -> timedelta:
        """Between one message and the next."""


def open_episodes(conn: Connection, started: Sequence[LateStarted], *, now: datetime, timing: Timing) -> int:
    """Begin an episode for each lateness; what is open already goes on, what was closed a short while ago as well."""
    wanted = {(late.subject_kind, late.id, late.rule): late for late in started}
    latest = _latest(conn, wanted)
    new: list[tuple[Any, ...]] = []
    again: list[dict[str, Any]] = []
    seen, fire, recent = (to_micros(at) for at in (now, now + timing.hold_for, now - AGAIN_WITHIN))
    for key, late in wanted.items():
        before = latest.get(key)
        if before is None:
            new.append(_row(late, _NEVER, seen, fire))
        elif before.closed_at is not None and before.closed_at > recent:
            again.append({"of": before.id, "since": late.late_since, "fire": now + timing.hold_for})
        elif before.closed_at is not None:
            new.append(_row(late, before, seen, fire))
    _OPEN.run(conn, new)
    if again:
        conn.execute(_AGAIN, again)
    _move(conn, started, now, timing)
    return len(new) + len(again)


def _move(conn: Connection, started: Sequence[LateStarted], now: datetime, timing: Timing) -> None:
    """Where a later rule took the place of an earlier one, the earlier episode is not over, it goes on as another."""
    gone: list[int] = []
    for part in _parts([late for late in started if late.replaces is not None]):
        for kind in ("parcel", "linehaul"):
            replaced = {late.id: late.replaces for late in part if late.subject_kind == kind}
            rows = conn.execute(
                select(alert.c.id, alert.c.subject_id, alert.c.rule)
                .where(alert.c.subject_kind == kind, alert.c.subject_id.in_(replaced), alert.c.closed_at.is_(None))
            ) if replaced else ()  # fmt: skip
            gone += [row.id for row in rows if row.rule == replaced[row.subject_id]]
    for part in _parts(gone):
        conn.execute(update(alert).where(alert.c.id.in_(part)).values(
            moved=True, suppression=case((alert.c.told_flush.is_(None), "bundled"), else_=alert.c.suppression),
        ))  # fmt: skip
    if gone:
        close(conn, [{"of": one, "ended": None} for one in gone], now, timing=timing)


_FIRST = (
    "rule", "subject_kind", "subject_id", "generation", "previous_id", "number", "partner_id", "linehaul_id", "hub",
    "mode", "country", "awaited", "awaited_stage", "state", "late_since", "first_seen", "fire_at", "flap_count",
    "moved",
)  # fmt: skip
_INSTANTS = ("late_since", "first_seen", "fire_at")
_OPEN = Bulk(_FIRST, lambda make: make(alert).values({
    name: bindparam(name, type_=BigInteger) if name in _INSTANTS else bindparam(name) for name in _FIRST
}).on_conflict_do_nothing())
_AGAIN = update(alert).where(alert.c.id == bindparam("of")).values(
    state="pending", late_since=bindparam("since"), fire_at=bindparam("fire"), fired_at=None, closed_at=None,
    ended_at=None, told_flush=None, suppression=None, moved=False, flap_count=alert.c.flap_count + 1,
)  # fmt: skip


_LATEST = ListQuery(NUMBERS, lambda wanted: select(
    alert.c.subject_id, alert.c.rule, alert.c.id, alert.c.generation, micros(alert.c.closed_at),
).join_from(wanted, alert, and_(alert.c.subject_kind == bindparam("kind"), alert.c.subject_id == wanted.c.value))
    .order_by(alert.c.generation))


class _Earlier(NamedTuple):
    """The latest episode of the same subject and rule."""

    id: int | None
    generation: int
    closed_at: int | None


_NEVER = _Earlier(None, 0, None)


def _latest(conn: Connection, keys: Iterable[tuple[str, int, str]]) -> dict[tuple[str, int, str], _Earlier]:
    by_kind: dict[str, list[int]] = {}
    for kind, subject, _ in keys:
        by_kind.setdefault(kind, []).append(subject)
    return {
        (kind, subject, rule): _Earlier(*rest)
        for kind, ids in by_kind.items() for subject, rule, *rest in _LATEST.all(conn, ids, {"kind": kind})
    }


def _row(late: LateStarted, before: _Earlier, now: int, fire: int) -> tuple[Any, ...]:
    """Values for `_OPEN`."""
    return (
        late.rule, late.subject_kind, late.id, before.generation + 1, before.id, late.key, late.partner_id,
        late.linehaul_id, late.hub, late.mode, late.country, late.milestone, stage_of(late.milestone), "pending",
        to_micros(late.late_since), now, fire, 0, False,
    )  # fmt: skip


def anything_pending(conn: Connection, now: datetime) -> bool:
    """Whether something was held long enough."""
    wanted = select(alert.c.id).where(alert.c.state == "pending", alert.c.fire_at <= now).limit(1)
    return conn.execute(wanted).first() is not None


def fire(conn: Connection, *, now: datetime, timing: Timing, limit: int) -> int:
    """Episodes held long enough fire and join their groups; returns how many."""
    rows = conn.execute(
        select(alert).where(alert.c.state == "pending", alert.c.fire_at <= now)
        .order_by(alert.c.fire_at, alert.c.id).limit(limit).with_for_update(skip_locked=True)
    ).all()  # fmt: skip
    joined: dict[groups.GroupKey, list[int]] = {}
    for row in rows:
        joined.setdefault(groups.key_of(row), []).append(row.id)
    for key, ids in joined.items():
        group_id = groups.join(conn, key, now=now, timing=timing)
        for part in _parts(ids):
            conn.execute(update(alert).where(alert.c.id.in_(part)).values(
                state="firing", fired_at=now, group_id=group_id
            ))  # fmt: skip
    return len(rows)


def end(conn: Connection, ended: Sequence[LatenessEnded], now: datetime, *, timing: Timing) -> int:
    """Close what the ended latenesses were about, and what awaited no more than what has come; returns how many."""
    closed: list[dict[str, Any]] = []
    for part in _parts(ended):
        by_subject = {(one.subject_kind, one.id): one for one in part}
        for kind in ("parcel", "linehaul"):
            ids = [one.id for one in part if one.subject_kind == kind]
            rows = conn.execute(
                select(alert.c.id, alert.c.subject_id, alert.c.rule, alert.c.awaited_stage)
                .where(alert.c.subject_kind == kind, alert.c.subject_id.in_(ids), alert.c.closed_at.is_(None))
            ) if ids else ()  # fmt: skip
            for row in rows:
                one = by_subject[(kind, row.subject_id)]
                if row.rule == one.rule or row.awaited_stage <= _reached(one):
                    closed.append({"of": row.id, "ended": one.at})
    if closed:
        close(conn, closed, now, timing=timing)
    return len(closed)


def close(conn: Connection, closed: Sequence[dict[str, Any]], now: datetime, *, timing: Timing) -> None:
    """Close episodes (`of`, `ended`) and have their groups looked at."""
    conn.execute(_CLOSE, [{**one, "at": now} for one in closed])
    for part in _parts([one["of"] for one in closed]):
        wanted = select(alert.c.group_id).where(alert.c.id.in_(part), alert.c.group_id.is_not(None)).distinct()
        groups.touch(conn, conn.execute(wanted).scalars().all(), now=now, timing=timing)


_KEPT = ("muted", "inhibited", "bundled", "ack_covers", "flapping", "no_subscriber")
"""Reasons that explain for good why an episode was not told; the others give way to its end."""
_CLOSE = update(alert).where(alert.c.id == bindparam("of")).values(
    state="cleared", closed_at=bindparam("at"), ended_at=bindparam("ended"),
    suppression=case(
        (or_(alert.c.told_flush.is_not(None), *(alert.c.suppression == kept for kept in _KEPT)), alert.c.suppression),
        else_="cleared_before_send",
    ),
)  # fmt: skip


def _reached(one: LatenessEnded) -> int:
    return stage_of(one.milestone) if one.milestone is not None else 0


def open_count(conn: Connection, group_id: int) -> int:
    """Episodes of a group that are not over."""
    found: int = conn.execute(
        select(func.count()).where(and_(alert.c.group_id == group_id, alert.c.closed_at.is_(None)))
    ).scalar_one()
    return found


def _parts(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + _PART] for start in range(0, len(values), _PART))

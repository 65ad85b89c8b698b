"""Groups: what is told together, and when it is looked at next. The instant is stored: a restart changes nothing."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, or_, select, update

from bot.alerts.tables import alert, alert_group, alert_stand
from bot.store.schema import insert

if TYPE_CHECKING:
    from bot.alerts.episodes import Timing

HUB_ZONE = ZoneInfo("Europe/Brussels")
"""Both hubs; a day of a group is a day there."""
AGAIN_WITHIN = timedelta(hours=24)
"""A group closed so recently goes on under its reference."""


class GroupKey(NamedTuple):
    """What episodes of one message have in common."""

    rule: str
    of_linehaul: bool
    linehaul_id: int | None
    hub: str | None
    mode: str | None
    day: date | None
    awaited: str

    @property
    def text(self) -> str:
        """As it is stored: the same rule on the same linehaul, else at the same hub on the same day."""
        level = "linehaul" if self.of_linehaul else "parcels"
        where = f"{self.linehaul_id}" if self.linehaul_id is not None else f"{self.hub or '-'}/{self.day}"
        return f"{self.rule}:{level}:{where}"


def key_of(episode: Any) -> GroupKey:
    """The group an episode belongs to."""
    of_linehaul, linehaul_id = episode.subject_kind == "linehaul", episode.linehaul_id
    if of_linehaul:
        linehaul_id = episode.subject_id
    if linehaul_id is not None:  # hub and mode are the linehaul's; the first of its parcels stands for them
        return GroupKey(episode.rule, of_linehaul, linehaul_id, None, None, None, _group_awaits(episode))
    day = episode.late_since.astimezone(HUB_ZONE).date()
    return GroupKey(episode.rule, False, None, episode.hub, None, day, _group_awaits(episode))


def _group_awaits(episode: Any) -> str:
    """Where one rule waits for different milestones (stuck at origin), the group is named by the last of them."""
    awaited: str = "EXPORT_CUSTOMS_STARTED" if episode.rule == "D02" else episode.awaited
    return awaited


def join(conn: Connection, key: GroupKey, *, now: datetime, timing: "Timing") -> int:
    """The group of a key, made or opened again, with one more reason to look at it."""
    row = _current(conn, key, now)
    if row is None:
        values = {
            "key": key.text, "rule": key.rule, "of_linehaul": key.of_linehaul, "linehaul_id": key.linehaul_id,
            "hub": key.hub, "mode": key.mode, "local_day": key.day, "awaited": key.awaited, "opened_at": now,
            "last_added_at": now, "flush_number": 0, "flush_at": now + min(timing.group_wait, timing.group_settle),
        }  # fmt: skip
        made = conn.execute(insert(conn, alert_group).values(values).on_conflict_do_nothing().returning(
            alert_group.c.id)).scalar()  # fmt: skip
        if made is not None:
            return int(made)
        row = _current(conn, key, now)
        if row is None:
            raise LookupError(f"group {key.text} vanished while it was made")
    conn.execute(update(alert_group).where(alert_group.c.id == row.id).values(
        closed_at=None, last_added_at=now, flush_at=_next(row, now, timing)
    ))  # fmt: skip
    # New evidence ends what a person had resolved.
    conn.execute(update(alert_stand).where(alert_stand.c.group_id == row.id).values(resolved_by=None, resolved_at=None))
    return int(row.id)


def _current(conn: Connection, key: GroupKey, now: datetime) -> Any:
    recent = alert_group.c.closed_at.is_(None) | (alert_group.c.closed_at > now - AGAIN_WITHIN)
    return conn.execute(
        select(alert_group).where(alert_group.c.key == key.text, recent)
        .order_by(alert_group.c.closed_at.is_not(None), alert_group.c.id.desc()).limit(1).with_for_update()
    ).first()  # fmt: skip


def _next(row: Any, now: datetime, timing: "Timing") -> datetime:
    settled: datetime = now + timing.group_settle
    if row.last_flush_at is None:
        latest: datetime = row.opened_at + timing.group_wait
        return min(latest, settled) if row.closed_at is None else settled
    wanted: datetime = max(row.last_flush_at + timing.regroup_after, settled)
    planned: datetime | None = row.flush_at
    return wanted if planned is None else min(planned, wanted)


def touch(conn: Connection, group_ids: Sequence[int], *, now: datetime, timing: "Timing") -> None:
    """Something in these groups has ended: look at them, soon where nothing is left. What it explained is free now."""
    for group_id in group_ids:
        row = conn.execute(select(alert_group).where(alert_group.c.id == group_id).with_for_update()).one()
        left = conn.execute(
            select(func.count()).where(alert.c.group_id == group_id, alert.c.closed_at.is_(None))
        ).scalar_one()
        if row.last_flush_at is None and left:
            continue  # its first message is on its way and counts what is left then
        at = now + timing.group_settle if not left else max(row.last_flush_at + timing.regroup_after, now)
        if row.flush_at is None or at < row.flush_at:
            conn.execute(update(alert_group).where(alert_group.c.id == group_id).values(flush_at=at))
        if row.of_linehaul and not left:
            release(conn, row.linehaul_id, now + timing.group_settle)


def hold(conn: Connection, group_id: int) -> None:
    """Of several who change how a group stands, or show it, at once, the next waits and sees what was done."""
    conn.execute(select(alert_group.c.id).where(alert_group.c.id == group_id).with_for_update(key_share=True)).close()


def look_by(conn: Connection, group_id: int, at: datetime) -> None:
    """Have a group, unless it is over, looked at by then at the latest: what people did holds no longer."""
    own = alert_group.c
    later = or_(own.flush_at.is_(None), own.flush_at > at)
    conn.execute(update(alert_group).where(own.id == group_id, own.closed_at.is_(None), later).values(flush_at=at))


def release(conn: Connection, linehaul_id: int, at: datetime) -> None:
    """Have the parcels' groups of a linehaul looked at that its own lateness explained until now."""
    conn.execute(
        update(alert_group)
        .where(
            alert_group.c.linehaul_id == linehaul_id, alert_group.c.of_linehaul.is_(False),
            alert_group.c.closed_at.is_(None), alert_group.c.flush_at.is_(None),
        )
        .values(flush_at=at)
    )  # fmt: skip

"""Before a dead alert is sent again: is it still true? What has changed is told anew instead, as it is now."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, or_, select, update

from bot.alerts.picture import load
from bot.alerts.readers import readers_of
from bot.alerts.refs import ref_of
from bot.alerts.showing import show_again
from bot.alerts.tables import alert_delivery, alert_group, alert_message
from bot.alerts.verdict import Verdict
from bot.outbox.tables import outbox


@dataclass(frozen=True, slots=True)
class _Stale:
    reason: str
    tell_anew: bool = False
    """It still concerns the conversation, in other words than these."""


def recheck_alerts(now: datetime) -> Callable[[Connection, Row[Any]], str | None]:
    """For `outbox replay`: a reason to leave a dead alert, None for what is true and for what is no alert."""

    def recheck(conn: Connection, row: Row[Any]) -> str | None:
        if row.edit_of is not None:
            return _show_anew(conn, row, now)
        said = _said_in(conn, row)
        stale = {one.group_id: found for one in said if (found := _stale(conn, one, said, now)) is not None}
        if not stale:
            return None
        true_still = {one.group_id for one in said if one.group_id not in stale and one.kind != Verdict.CLEAR}
        anew = true_still | {group_id for group_id, found in stale.items() if found.tell_anew}
        _tell_anew(conn, anew, row.conversation_id, now)
        reasons = "; ".join(found.reason for found in stale.values())
        return f"{reasons}; {_refs(anew)} will be told as it stands now" if anew else reasons

    return recheck


def _show_anew(conn: Connection, row: Row[Any], now: datetime) -> str:
    """An edit is not repeated: the card is changed to what is true by now."""
    mine = alert_delivery.c.conversation_id == row.conversation_id, alert_delivery.c.card_id == row.edit_of
    group_id = conn.execute(
        update(alert_delivery).where(*mine).values(shown=None).returning(alert_delivery.c.group_id)
    ).scalar()  # fmt: skip
    picture = load(conn, group_id, now) if group_id is not None else None
    if picture is None:
        return "what it changed is not the newest message about its alert any more"
    show_again(picture, only=row.conversation_id)
    return f"{ref_of(picture.group.id)} is shown as it stands now"


def _said_in(conn: Connection, row: Row[Any]) -> Sequence[Row[Any]]:
    """What a message told, also one made of several, or one that was sent again before."""
    ids, key = {row.id}, row.replay_of
    while key is not None:
        ids.add(key)
        key = conn.execute(select(outbox.c.replay_of).where(outbox.c.id == key)).scalar_one_or_none()
    ids |= set(conn.execute(select(outbox.c.id).where(
        outbox.c.conversation_id == row.conversation_id, outbox.c.bundle_id.in_(ids)
    )).scalars())  # fmt: skip
    mine = alert_message.c.outbox_id.in_(ids), alert_message.c.conversation_id == row.conversation_id
    rows = conn.execute(select(alert_message).where(*mine).order_by(alert_message.c.id)).all()
    return list({one.group_id: one for one in rows}.values())


def _stale(conn: Connection, said: Row[Any], together: Iterable[Row[Any]], now: datetime) -> _Stale | None:
    """Why what was to be said of one group is not to be said any more."""
    ref = ref_of(said.group_id)
    if _told_later(conn, said, {one.outbox_id for one in together}):
        return _Stale(f"{ref} was told again later")
    picture = load(conn, said.group_id, now)
    readers = readers_of(picture, only=[said.conversation_id]) if picture is not None else ()
    if picture is None or not readers:
        return _Stale(f"{ref} is not followed there any more")
    still = picture.count(readers[0].cover).open
    if said.kind == Verdict.CLEAR or (said.kind == "catch_up" and not said.open_count):
        return _Stale(f"{ref} is late again", tell_anew=True) if still else None
    if not still:
        return _Stale(f"{ref} is over")
    return _Stale(f"{ref} has changed", tell_anew=True) if still != said.open_count else None


def _told_later(conn: Connection, said: Row[Any], same: set[int]) -> bool:
    """Whether a newer message about the group went to the conversation, unless that one died as well."""
    later = (
        select(alert_message.c.id).join(outbox, outbox.c.id == alert_message.c.outbox_id)
        .where(
            alert_message.c.group_id == said.group_id, alert_message.c.conversation_id == said.conversation_id,
            alert_message.c.id > said.id, outbox.c.id.not_in(same), outbox.c.state.not_in(("dead", "dropped")),
        )
        .limit(1)
    )  # fmt: skip
    return conn.execute(later).first() is not None


def _tell_anew(conn: Connection, groups: set[int], conversation_id: int, now: datetime) -> None:
    """The conversation knows nothing of these groups, and they are looked at next."""
    if not groups:
        return
    conn.execute(delete(alert_delivery).where(
        alert_delivery.c.group_id.in_(groups), alert_delivery.c.conversation_id == conversation_id
    ))  # fmt: skip
    conn.execute(update(alert_group).where(
        alert_group.c.id.in_(groups), or_(alert_group.c.flush_at.is_(None), alert_group.c.flush_at > now)
    ).values(flush_at=now))  # fmt: skip


def _refs(groups: set[int]) -> str:
    return ", ".join(ref_of(group_id) for group_id in sorted(groups))

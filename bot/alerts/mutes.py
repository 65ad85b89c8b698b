"""Mutes: a conversation is left in peace about something until an instant. An end and a reason are required."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, update

from bot.alerts.groups import look_by
from bot.alerts.model import MAX_MUTE, Muted, MuteView, Scope
from bot.alerts.picture import Picture, load
from bot.alerts.readers import Reader, readers_of
from bot.alerts.showing import show_again
from bot.alerts.tables import alert_group, alert_mute
from bot.alerts.targets import resolve_scope, rows_named_by, scope_of_rows
from bot.people import Person


def mute(
    conn: Connection,
    *,
    person: Person,
    conversation_id: int | None,
    scope: Scope,
    until: datetime,
    reason: str,
    now: datetime,
) -> Muted:
    """Keep a conversation quiet about something until an instant (cut to 7 days); subscriptions stay.

    `conversation_id` None, every conversation, is for administrators.
    """
    until = min(until, now + MAX_MUTE)
    if until <= now:
        raise ValueError(f"a mute must end after it begins: {until} is not after {now}")
    if not reason.strip():
        raise ValueError("a mute needs a reason")
    found = resolve_scope(conn, scope, person.scope)
    if not found.targets:
        return Muted(None, until, 0, found.unknown)
    common = {
        "conversation_id": conversation_id, "contact_id": person.contact_id or None, "until": until,
        "reason": reason.strip(), "created_at": now,
    }  # fmt: skip
    first: int | None = None
    for target in found.targets:
        values = {**target.columns, **common, "wish_id": first}
        made = conn.execute(alert_mute.insert().values(values).returning(alert_mute.c.id)).scalar_one()
        first = first or int(made)
    return Muted(first, until, _cover_up(conn, conversation_id, now, until=until), found.unknown)


def end_mute(conn: Connection, mute_id: int, *, person: Person, conversation_id: int | None, now: datetime) -> bool:
    """End a mute of this conversation early; False when it is not there or over."""
    own = alert_mute.c
    place = own.conversation_id.is_(None) if conversation_id is None else own.conversation_id == conversation_id
    if conversation_id is None and not person.is_operator:
        return False
    done = conn.execute(
        update(alert_mute)
        .where(or_(own.id == mute_id, own.wish_id == mute_id), place, own.until > now, own.ended_at.is_(None))
        .values(ended_at=now)
    )
    if not done.rowcount:
        return False
    _tell_what_was_kept_back(conn, conversation_id, now)
    return True


def list_mutes(conn: Connection, conversation_id: int, now: datetime) -> tuple[MuteView, ...]:
    """The mutes of this conversation that are in force, oldest first."""
    return _views(_in_force(conn, conversation_id, now))


def end_mutes(conn: Connection, *, conversation_id: int, scope: Scope, now: datetime) -> tuple[MuteView, ...]:
    """End early what a scope names of this conversation's mutes, everything: all of them. Returns what was muted."""
    rows = _in_force(conn, conversation_id, now)
    ended = rows if scope.everything else rows_named_by(conn, rows, scope)
    for start in range(0, len(ended), 500):
        ids = [row.id for row in ended[start : start + 500]]
        conn.execute(update(alert_mute).where(alert_mute.c.id.in_(ids)).values(ended_at=now))
    if ended:
        _tell_what_was_kept_back(conn, conversation_id, now)
    return _views(ended)


def _in_force(conn: Connection, conversation_id: int, now: datetime) -> Sequence[Any]:
    own = alert_mute.c
    wanted = select(alert_mute).where(
        own.conversation_id == conversation_id, own.until > now, own.ended_at.is_(None)
    )
    return conn.execute(wanted.order_by(own.id)).all()


def _views(rows: Sequence[Any]) -> tuple[MuteView, ...]:
    wishes: dict[int, list[Any]] = {}
    for row in rows:
        wishes.setdefault(row.wish_id or row.id, []).append(row)
    return tuple(MuteView(scope_of_rows(parts), parts[0].until) for parts in wishes.values())


def _tell_what_was_kept_back(conn: Connection, conversation_id: int | None, now: datetime) -> None:
    groups = _open_groups(conn)
    conn.execute(update(alert_group).where(alert_group.c.id.in_(groups)).values(flush_at=now))
    for group_id in groups:
        picture = load(conn, group_id, now)
        if picture is not None:
            show_again(picture, only=conversation_id)


def _open_groups(conn: Connection) -> Sequence[int]:
    wanted = select(alert_group.c.id).where(
        alert_group.c.closed_at.is_(None), alert_group.c.last_flush_at.is_not(None)
    )
    return conn.execute(wanted).scalars().all()


def _cover_up(conn: Connection, conversation_id: int | None, now: datetime, *, until: datetime) -> int:
    """Open alerts of which the conversation hears nothing now because of mutes; its cards of them say so."""
    covered = 0
    only = None if conversation_id is None else [conversation_id]
    for group_id in _open_groups(conn):
        picture = load(conn, group_id, now)
        readers = readers_of(picture, only=only) if picture is not None else ()
        if picture is not None and any(_kept_from(picture, reader) for reader in readers):
            covered += 1
            look_by(conn, group_id, until)
            show_again(picture, readers)
    return covered


def _kept_from(picture: Picture, reader: Reader) -> bool:
    return picture.count(reader.cover, muted=False).open > picture.count(reader.cover).open

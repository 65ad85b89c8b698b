"""What people do to an alert: take note, resolve, reopen. Doing it twice does nothing and says who was first."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, update

from bot.alerts.cover import cover_of_scope
from bot.alerts.groups import hold, look_by
from bot.alerts.model import REOPEN_WITHIN, ActName, ActResult, AlertState, AlertView
from bot.alerts.picture import Picture, load
from bot.alerts.refs import id_of
from bot.alerts.showing import show_again
from bot.alerts.stands import Stand, side_of, stand_for, stands_of
from bot.alerts.tables import alert_act, alert_stand
from bot.people import PartnerScope, Person
from bot.store.schema import insert

ACK_LASTS = timedelta(hours=4)
"""When the person names no time."""

_UNKNOWN = ActResult("unknown")


def acknowledge(
    conn: Connection, ref: str, *, person: Person, now: datetime, lasts: timedelta | None = None
) -> ActResult:
    """Take note of an alert: no repeated messages for a while, unless it gets worse."""
    seen = _alone(conn, ref, person, now)
    if seen is None:
        return _UNKNOWN
    picture, view, stand = seen
    if stand.acked:
        return ActResult("already", stand.acked_by, stand.acked_at, view)
    if view.state != "open":
        return ActResult("closed", stand.resolved_by, stand.resolved_at, view)
    until = now + (lasts or ACK_LASTS)
    values = {"acked_by": person.name, "acked_at": now, "acked_until": until}
    key = {"group_id": picture.group.id, "side": side_of(person.scope)}
    statement = insert(conn, alert_stand).values(**key, **values).on_conflict_do_update(
        index_elements=["group_id", "side"], set_=values,
        where=or_(alert_stand.c.acked_until.is_(None), alert_stand.c.acked_until <= now),
    )  # fmt: skip
    if conn.execute(statement.returning(alert_stand.c.side)).first() is None:  # another one was first
        stand = stand_for(stands_of(conn, picture.group.id), side_of(person.scope), now)
        return ActResult("already", stand.acked_by, stand.acked_at, view)
    look_by(conn, picture.group.id, until)
    _note(conn, picture, person, "acknowledge", now)
    view = replace(view, acked_by=person.name, acked_at=now, acked_until=until)
    return ActResult("done", person.name, now, view)


def take_back(conn: Connection, ref: str, *, person: Person, now: datetime) -> ActResult:
    """Undo an acknowledgement of the person's own that still holds: messages come again as if it had not been."""
    seen = _alone(conn, ref, person, now)
    if seen is None:
        return _UNKNOWN
    picture, view, stand = seen
    own = alert_stand.c
    done = conn.execute(
        update(alert_stand)
        .where(
            own.group_id == picture.group.id, own.side == side_of(person.scope), own.acked_by == person.name,
            own.acked_until > now,
        )
        .values(acked_by=None, acked_at=None, acked_until=None)
    )  # fmt: skip
    if not done.rowcount:
        return ActResult("already", stand.acked_by, stand.acked_at, view)
    look_by(conn, picture.group.id, now)
    _note(conn, picture, person, "take_back", now)
    return ActResult("done", person.name, now, replace(view, acked_by=None, acked_at=None, acked_until=None))


def resolve(conn: Connection, ref: str, *, person: Person, now: datetime) -> ActResult:
    """Close an alert for the person's side until there is new evidence."""
    seen = _alone(conn, ref, person, now)
    if seen is None:
        return _UNKNOWN
    picture, view, stand = seen
    if stand.resolved:
        return ActResult("already", stand.resolved_by, stand.resolved_at, view)
    if view.state != "open":
        return ActResult("closed", view=view)
    values = {"resolved_by": person.name, "resolved_at": now}
    conn.execute(
        insert(conn, alert_stand).values(group_id=picture.group.id, side=side_of(person.scope), **values)
        .on_conflict_do_update(index_elements=["group_id", "side"], set_=values)
    )  # fmt: skip
    _note(conn, picture, person, "resolve", now)
    return ActResult("done", person.name, now, replace(view, state="resolved"))


def reopen(conn: Connection, ref: str, *, person: Person, now: datetime) -> ActResult:
    """Bring a resolved alert back, within 14 days; one that is over by itself stays so."""
    seen = _alone(conn, ref, person, now)
    if seen is None:
        return _UNKNOWN
    picture, view, stand = seen
    if not stand.resolved:
        return ActResult("already" if view.state == "open" else "closed", view=view)
    if stand.resolved_at is not None and stand.resolved_at < now - REOPEN_WITHIN:
        return ActResult("closed", stand.resolved_by, stand.resolved_at, view)
    done = conn.execute(
        update(alert_stand)
        .where(
            alert_stand.c.group_id == picture.group.id, alert_stand.c.side == side_of(person.scope),
            alert_stand.c.resolved_at.is_not(None),
        )
        .values(resolved_by=None, resolved_at=None)
    )  # fmt: skip
    if not done.rowcount:  # the operators closed it: theirs to bring back
        return ActResult("closed", stand.resolved_by, stand.resolved_at, view)
    look_by(conn, picture.group.id, now)
    _note(conn, picture, person, "reopen", now)
    state: AlertState = "open" if view.open_count else "cleared"
    return ActResult("done", person.name, now, replace(view, state=state))


def see(conn: Connection, ref: str, scope: PartnerScope, now: datetime) -> tuple[Picture, AlertView] | None:
    """An alert as a scope may see it; None when it has no parcel of the scope or does not exist."""
    seen = _seen(conn, ref, scope, now)
    return None if seen is None else seen[:2]


def _alone(conn: Connection, ref: str, person: Person, now: datetime) -> tuple[Picture, AlertView, Stand] | None:
    """As the person sees it; nobody else changes how it stands before the act is committed."""
    group_id = id_of(ref)
    if group_id is not None:
        hold(conn, group_id)
    return _seen(conn, ref, person.scope, now)


def _seen(
    conn: Connection, ref: str, scope: PartnerScope, now: datetime
) -> tuple[Picture, AlertView, Stand] | None:
    group_id = id_of(ref)
    picture = load(conn, group_id, now) if group_id is not None else None
    if picture is None:
        return None
    cover = cover_of_scope(scope)
    total = picture.total(cover)
    if not total and scope.partner_ids is not None:
        return None
    stand = stand_for(stands_of(conn, picture.group.id), side_of(scope), now)
    view = picture.view(cover, total=total)
    if stand.resolved:
        view = replace(view, state="resolved")
    return picture, replace(
        view, acked_by=stand.acked_by, acked_at=stand.acked_at, acked_until=stand.acked_until
    ), stand  # fmt: skip


def _note(conn: Connection, picture: Picture, person: Person, act: ActName, now: datetime) -> None:
    """For the record, and for everybody who has a card of it."""
    conn.execute(alert_act.insert(), {
        "group_id": picture.group.id, "side": side_of(person.scope), "act": act,
        "contact_id": person.contact_id or None, "by": person.name, "at": now, "detail": "",
    })  # fmt: skip
    show_again(picture)

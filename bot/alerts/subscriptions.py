"""Who follows what: wishes of conversations, never beyond what the person who wished may see."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, select, update

from bot.alerts.model import Scope, Subscribed, SubscriptionView
from bot.alerts.tables import alert_subscription
from bot.alerts.targets import Found, Target, resolve_scope, rows_named_by, scope_of_rows
from bot.people import PartnerScope, Person
from bot.people.tables import contact, conversation
from bot.store.schema import insert


def subscribe(
    conn: Connection, *, person: Person, conversation_id: int, scope: Scope, now: datetime
) -> Subscribed:
    """Follow; only what the person may see. Numbers and references nobody reported are `unknown`."""
    found = resolve_scope(conn, scope, person.scope) if _sees_something(person.scope) else Found((), _named(scope))
    if not found.targets:
        return Subscribed(None, created=False, unknown=found.unknown)
    made: list[int] = []
    keys: list[str] = []
    for target in found.targets:
        for partner_id in _partners(person.scope, target):
            keys.append(target.key(partner_id))
            row_id = _insert(conn, target, partner_id, person, conversation_id, now)
            made += [row_id] if row_id is not None else []
    if made:
        conn.execute(update(alert_subscription).where(alert_subscription.c.id.in_(made)).values(wish_id=made[0]))
    rows = conn.execute(
        _rows(conversation_id).where(alert_subscription.c.key.in_(keys)).order_by(alert_subscription.c.id)
    ).all()
    first = rows[0]
    view = SubscriptionView(first.wish_id or first.id, scope_of_rows(rows), first.created_at, first.name)
    return Subscribed(view, created=bool(made), unknown=found.unknown, wish_id=made[0] if made else None)


def unsubscribe(
    conn: Connection,
    *,
    person: Person,  # noqa: ARG001 - whoever talks in a conversation may stop what it follows
    conversation_id: int,
    scope: Scope | None,
    now: datetime,  # noqa: ARG001 - part of what the rooms agreed on
) -> tuple[SubscriptionView, ...]:
    """Follow no longer what the scope names, None or everything: all of it. Returns what was followed until now."""
    rows = conn.execute(_rows(conversation_id).order_by(alert_subscription.c.id)).all()
    gone = rows if scope is None or scope.everything else rows_named_by(conn, rows, scope)
    for start in range(0, len(gone), 500):
        ids = [row.id for row in gone[start : start + 500]]
        conn.execute(delete(alert_subscription).where(alert_subscription.c.id.in_(ids)))
    return _views(gone)


def end_wish(conn: Connection, wish_id: int, conversation_id: int) -> None:
    """Take back one wish to follow, and nothing that was followed before it."""
    conn.execute(delete(alert_subscription).where(
        alert_subscription.c.wish_id == wish_id, alert_subscription.c.conversation_id == conversation_id
    ))


def list_subscriptions(conn: Connection, conversation_id: int) -> tuple[SubscriptionView, ...]:
    """What a conversation follows, oldest first."""
    return _views(conn.execute(_rows(conversation_id).order_by(alert_subscription.c.id)).all())


def _sees_something(scope: PartnerScope) -> bool:
    return scope.partner_ids is None or bool(scope.partner_ids)


def _named(scope: Scope) -> tuple[str, ...]:
    return (*scope.numbers, *scope.refs)


def _partners(visible: PartnerScope, target: Target) -> Sequence[int | None]:
    """Under which partners a row is kept: an operator's has none, so that what partners join later is seen too."""
    if visible.partner_ids is None:
        return (None,)
    return (target.partner_id,) if target.partner_id is not None else sorted(visible.partner_ids)


def _insert(
    conn: Connection, target: Target, partner_id: int | None, person: Person, conversation_id: int, now: datetime
) -> int | None:
    values = {
        **target.columns, "conversation_id": conversation_id, "contact_id": person.contact_id,
        "partner_id": partner_id, "key": target.key(partner_id), "created_at": now,
    }  # fmt: skip
    statement = insert(conn, alert_subscription).values(values)
    statement = statement.on_conflict_do_nothing(index_elements=["conversation_id", "key"])
    made: int | None = conn.execute(statement.returning(alert_subscription.c.id)).scalar()
    return made


def _rows(conversation_id: int) -> Select[Any]:
    return (
        select(alert_subscription, contact.c.name)
        .join(contact, contact.c.id == alert_subscription.c.contact_id)
        .where(alert_subscription.c.conversation_id == conversation_id)
    )


def _views(rows: Sequence[Any]) -> tuple[SubscriptionView, ...]:
    wishes: dict[int, list[Any]] = {}
    for row in rows:
        wishes.setdefault(row.wish_id or row.id, []).append(row)
    return tuple(
        SubscriptionView(wish, scope_of_rows(parts), parts[0].created_at, parts[0].name)
        for wish, parts in wishes.items()
    )


def all_subscriptions(conn: Connection) -> tuple[tuple[str, SubscriptionView], ...]:
    """What every conversation follows, for administrators: `local: 李娜` and one wish."""
    places = conn.execute(
        select(conversation.c.id, conversation.c.adapter, conversation.c.title, contact.c.name)
        .outerjoin(contact, contact.c.id == conversation.c.contact_id)
        .where(conversation.c.id.in_(select(alert_subscription.c.conversation_id)))
        .order_by(conversation.c.adapter, conversation.c.id)
    ).all()  # fmt: skip
    return tuple(
        (f"{place.adapter}: {place.title or place.name or place.id}", view)
        for place in places for view in list_subscriptions(conn, place.id)
    )  # fmt: skip

"""Ending alerts by the link every one of them carries: whoever holds the link was sent the alert."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select

from bot.alerts.tables import alert_subscription
from bot.contracts import MessageKey
from bot.outbox.lookup import find_row
from bot.outbox.tables import outbox


@dataclass(frozen=True, slots=True)
class Followed:
    """The conversation an alert went to."""

    conversation_id: int
    language: str
    """In which the alert was written; may be `bilingual`."""
    count: int
    """How much it follows."""


def followed_by(conn: Connection, key: MessageKey) -> Followed | None:
    """What the reader of that message follows; None when there is no such message."""
    row_id = find_row(conn, key.message_id, created_at=key.created_at)
    if row_id is None:
        return None
    conversation_id, language = conn.execute(
        select(outbox.c.conversation_id, outbox.c.language).where(outbox.c.id == row_id)
    ).one()
    count = conn.execute(
        select(func.count()).where(alert_subscription.c.conversation_id == conversation_id)
    ).scalar_one()
    return Followed(conversation_id, language, count)


def end_all(conn: Connection, key: MessageKey) -> Followed | None:
    """End everything the reader of that message follows; safe to repeat. Returns what it was until now."""
    before = followed_by(conn, key)
    if before is not None:
        conn.execute(delete(alert_subscription).where(alert_subscription.c.conversation_id == before.conversation_id))
    return before

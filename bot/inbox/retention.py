"""What people wrote is kept for as long as the configuration says, and no longer."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from bot.inbox.tables import inbox

BATCH = 500
"""Rows of one transaction."""


def forget_answered(conn: Connection, before: datetime, *, limit: int = BATCH) -> int:
    """Delete messages answered before an instant, at most `limit` of the oldest; how many they were.

    Keys grow with time, so only the oldest rows are looked at, however many are stored.
    """
    oldest = select(inbox.c.id, inbox.c.finished_at).order_by(inbox.c.id).limit(limit).subquery()
    keys = conn.execute(select(oldest.c.id).where(oldest.c.finished_at < before)).scalars().all()
    if keys:
        conn.execute(delete(inbox).where(inbox.c.id.in_(keys)))
    return len(keys)

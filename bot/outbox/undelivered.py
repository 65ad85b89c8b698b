"""A message that had been sent came back: its row says so, and a conversation nobody can reach is marked."""

import logging
from datetime import datetime

from sqlalchemy import Connection, select, update

from bot.outbox.lookup import find_row
from bot.outbox.tables import outbox
from bot.people.tables import conversation

log = logging.getLogger(__name__)

MAX_REASON = 2_000


def mark_undelivered(
    conn: Connection, adapter: str, message_id: str, *, created_at: datetime, reason: str, permanent: bool
) -> bool:
    """Note why a sent message did not arrive; `permanent` marks its conversation as broken. False: nobody knows it."""
    row_id = find_row(conn, message_id, created_at=created_at, adapter=adapter)
    if row_id is None:
        return False
    place = select(outbox.c.conversation_id).where(outbox.c.id == row_id).scalar_subquery()
    conn.execute(update(outbox).where(outbox.c.id == row_id).values(error=reason[:MAX_REASON]))
    if permanent:
        conn.execute(update(conversation).where(conversation.c.id == place).values(broken=reason[:MAX_REASON]))
    log.warning("outbox: O-%d came back: %s", row_id, reason)
    return True

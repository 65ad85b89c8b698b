"""A message that had been sent came back: its row says so, and a conversation nobody can reach is marked."""

import logging
from datetime import datetime

from sqlalchemy import Connection, select, update

from bot.outbox.finish import BrokenHook
from bot.outbox.lookup import find_row
from bot.outbox.tables import outbox
from bot.people.tables import conversation

log = logging.getLogger(__name__)

MAX_REASON = 2_000


def mark_undelivered(
    conn: Connection, adapter: str, message_id: str, *, created_at: datetime, reason: str, permanent: bool,
    on_broken: BrokenHook | None = None,
) -> bool:  # fmt: skip
    """Note why a sent message did not arrive; `permanent` marks its conversation as broken. False: nobody knows it."""
    row_id = find_row(conn, message_id, created_at=created_at, adapter=adapter)
    if row_id is None:
        return False
    place = conn.execute(select(outbox.c.conversation_id).where(outbox.c.id == row_id)).scalar_one()
    conn.execute(update(outbox).where(outbox.c.id == row_id).values(error=reason[:MAX_REASON]))
    if permanent and _break(conn, place, reason[:MAX_REASON]) and on_broken is not None:
        on_broken(conn, reason, conversation_id=place, row_id=row_id)
    log.warning("outbox: O-%d came back: %s", row_id, reason)
    return True


def _break(conn: Connection, conversation_id: int, why: str) -> bool:
    """Mark a conversation nobody can reach; False when it was known."""
    reachable = conversation.c.id == conversation_id, conversation.c.broken.is_(None)
    return conn.execute(update(conversation).where(*reachable).values(broken=why)).rowcount > 0

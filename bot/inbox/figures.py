"""Figures of the inbox for readiness and metrics, and what one message was taken for."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from bot.inbox.tables import inbox
from bot.store.prepared import Prepared


@dataclass(frozen=True, slots=True)
class InboxFigures:
    """The inbox at one moment."""

    waiting: int
    """Stored and not finished."""
    oldest: datetime | None
    """When the oldest of them was stored."""
    dead: int = 0
    """Given up after several attempts."""


_OUTCOME = Prepared(lambda _: select(inbox.c.outcome).where(inbox.c.id == bindparam("row_id")))


def inbox_figures(conn: Connection) -> InboxFigures:
    """Counts open and dead rows only, so it costs what waits and not what is stored."""
    row = conn.execute(select(func.count(), func.min(inbox.c.received_at)).where(inbox.c.finished_at.is_(None))).one()
    dead = conn.execute(select(func.count()).select_from(inbox).where(inbox.c.state == "dead")).scalar_one()
    return InboxFigures(row[0], row[1], dead)


def outcome_of(conn: Connection, inbox_id: int) -> str | None:
    """What the message was taken for, as JSON text; None while it waits or when it was not answered."""
    row = _OUTCOME.first(conn, {"row_id": inbox_id})
    return None if row is None else row[0]

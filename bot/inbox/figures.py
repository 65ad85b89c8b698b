"""Figures of the inbox for readiness and metrics, and what one message was taken for."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.inbox.tables import inbox


@dataclass(frozen=True, slots=True)
class InboxFigures:
    """The inbox at one moment."""

    waiting: int
    """Stored and not finished."""
    oldest: datetime | None
    """When the oldest of them was stored."""


def inbox_figures(conn: Connection) -> InboxFigures:
    """Counts open rows only, so it costs what waits and not what is stored."""
    row = conn.execute(select(func.count(), func.min(inbox.c.received_at)).where(inbox.c.finished_at.is_(None))).one()
    return InboxFigures(row[0], row[1])


def outcome_of(conn: Connection, inbox_id: int) -> str | None:
    """What the message was taken for, as JSON text; None while it waits or when it was not answered."""
    outcome: str | None = conn.execute(select(inbox.c.outcome).where(inbox.c.id == inbox_id)).scalar_one_or_none()
    return outcome

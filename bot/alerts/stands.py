"""How the sides stand to a group. Side 0 are the operators, whose acts count for all; a partner's count for the
partner, and an acknowledgement of a partner's for the operators too. Partners never learn of each other's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.alerts.tables import alert_stand
from bot.people import PartnerScope

OPERATORS = 0


@dataclass(frozen=True, slots=True)
class Stand:
    """What holds for a reader now."""

    acked_by: str | None = None
    acked_at: datetime | None = None
    acked_until: datetime | None = None
    resolved_by: str | None = None
    resolved_at: datetime | None = None

    @property
    def acked(self) -> bool:
        """Somebody took note, and that still holds."""
        return self.acked_by is not None

    @property
    def resolved(self) -> bool:
        """Closed for the reader's side by a person."""
        return self.resolved_at is not None


NOBODY = Stand()


def side_of(scope: PartnerScope) -> int:
    """The side whose acts a person's are."""
    return OPERATORS if scope.partner_ids is None else min(scope.partner_ids, default=-1)


def stands_of(conn: Connection, group_id: int) -> dict[int, Any]:
    """Every side's stand."""
    rows = conn.execute(select(alert_stand).where(alert_stand.c.group_id == group_id))
    return {row.side: row for row in rows}


def stand_for(stands: dict[int, Any], side: int, now: datetime) -> Stand:
    """What holds for readers of a side."""
    heard = list(stands.values()) if side == OPERATORS else [stands[key] for key in (OPERATORS, side) if key in stands]
    acks = [row for row in heard if row.acked_until is not None and row.acked_until > now]
    ack = max(acks, key=lambda row: row.acked_until, default=None)
    closing = [stands[key] for key in {OPERATORS, side} if key in stands and stands[key].resolved_at is not None]
    closed = min(closing, key=lambda row: row.resolved_at, default=None)
    return Stand(
        acked_by=ack.acked_by if ack else None, acked_at=ack.acked_at if ack else None,
        acked_until=ack.acked_until if ack else None, resolved_by=closed.resolved_by if closed else None,
        resolved_at=closed.resolved_at if closed else None,
    )  # fmt: skip

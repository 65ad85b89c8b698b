"""Finding a row by what the channel knows of it: the platform's id of it, or ours.

For our own id there is no index, which every message would pay for. Keys grow with time, so the rows written about an
instant are found by halving; among them the id is looked for.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select

from bot.contracts import Card
from bot.outbox.message import cards_from_json
from bot.outbox.tables import outbox
from bot.store.prepared import Prepared

DISORDER = timedelta(minutes=2)
"""By how much clocks of several processes may disagree about the order of rows."""

_BY_REF = Prepared(
    lambda _: select(outbox.c.cards)
    .where(outbox.c.provider_ref == bindparam("provider_ref"), outbox.c.adapter == bindparam("adapter"))
    .order_by(outbox.c.id.desc()).limit(1)
)


def cards_sent(conn: Connection, provider_ref: str, adapter: str) -> tuple[Card, ...]:
    """What the message with that id of the platform shows; nothing when we sent none."""
    row = _BY_REF.first(conn, {"provider_ref": provider_ref, "adapter": adapter})
    return () if row is None else cards_from_json(row[0])


def find_row(conn: Connection, message_id: str, *, created_at: datetime, adapter: str | None = None) -> int | None:
    """Key of the row with that message id, written about that instant; None when there is none."""
    first = _first_since(conn, created_at - DISORDER)
    end = _first_since(conn, created_at + DISORDER)
    row_id = conn.execute(
        select(outbox.c.id).where(
            outbox.c.id >= first, outbox.c.id < end, outbox.c.message_id == message_id,
            *(() if adapter is None else (outbox.c.adapter == adapter,)),
        )
    ).scalar()
    return None if row_id is None else int(row_id)


def _first_since(conn: Connection, instant: datetime) -> int:
    """The smallest key from which on rows are not older than the instant; one past the last when all are."""
    low, high = conn.execute(select(func.min(outbox.c.id), func.max(outbox.c.id))).one()
    if low is None:
        return 0
    high += 1
    while low < high:
        middle = (low + high) // 2
        row = conn.execute(
            select(outbox.c.id, outbox.c.created_at).where(outbox.c.id >= middle).order_by(outbox.c.id).limit(1)
        ).first()
        if row is None or row.created_at >= instant:
            high = middle
        else:
            low = row.id + 1
    return int(low)

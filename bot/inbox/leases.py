"""Rows of the inbox change hands here: claimed, renewed, given back, tried again, given up."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from secrets import token_hex

from sqlalchemy import Connection, Update, bindparam, exists, select, update

from bot.contracts import InboundMessage
from bot.inbox.item import InboxItem
from bot.inbox.receive import Leased
from bot.inbox.tables import inbox


def claim(
    conn: Connection, *, adapters: Collection[str], now: datetime, lease: timedelta, limit: int
) -> list[Leased]:
    """Lease the oldest open message of each conversation that is due, at most `limit`; only of these adapters."""
    earlier = inbox.alias()
    blocked = exists().where(
        earlier.c.conversation_id == inbox.c.conversation_id, earlier.c.id < inbox.c.id, earlier.c.finished_at.is_(None)
    )
    due = (
        select(inbox.c.id)
        .where(
            inbox.c.finished_at.is_(None), inbox.c.available_at <= now, inbox.c.adapter.in_(sorted(adapters)), ~blocked
        )
        .order_by(inbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=inbox)
    )
    ids = conn.execute(due).scalars().all()
    if not ids:
        return []
    token = token_hex(8)
    rows = conn.execute(
        update(inbox)
        .where(inbox.c.id.in_(ids))
        .values(state="leased", attempts=inbox.c.attempts + 1, available_at=now + lease, lease_token=token)
        .returning(inbox.c.id, inbox.c.conversation_id, inbox.c.message, inbox.c.received_at, inbox.c.attempts)
    ).all()
    return [
        Leased(
            InboxItem(row.id, row.conversation_id, InboundMessage.model_validate_json(row.message), row.received_at,
                      row.attempts),
            token,
        )
        for row in sorted(rows, key=lambda row: row.id)
    ]


def renew(conn: Connection, leased: Iterable[Leased], until: datetime) -> None:
    """Keep messages that are still being worked on."""
    for one in leased:
        conn.execute(_mine(one).values(available_at=until))


def give_back(conn: Connection, leased: Iterable[Leased], now: datetime) -> None:
    """Let somebody else work on messages nobody has begun to answer; the attempt does not count."""
    for one in leased:
        conn.execute(_mine(one).values(
            state="ready", available_at=now, lease_token=None, attempts=inbox.c.attempts - 1
        ))


def try_again(conn: Connection, leased: Leased, *, error: str, wait: float, now: datetime, counts: bool) -> bool:
    """Put a failed message back for later; False when somebody else has it already."""
    attempts = inbox.c.attempts if counts else inbox.c.attempts - 1
    done = conn.execute(_mine(leased).values(
        state="ready", available_at=now + timedelta(seconds=wait), lease_token=None, error=error, backoff=wait,
        attempts=attempts,
    ))
    return done.rowcount > 0


def give_up(conn: Connection, leased: Leased, *, error: str, now: datetime) -> bool:
    """Close a message that failed for good; False when somebody else has it already."""
    done = conn.execute(_mine(leased).values(state="dead", finished_at=now, lease_token=None, error=error))
    return done.rowcount > 0


def last_wait(conn: Connection, leased: Leased) -> float:
    """Seconds waited before the last retry of a message."""
    found = conn.execute(select(inbox.c.backoff).where(inbox.c.id == bindparam("of")), {"of": leased.item.id})
    return float(found.scalar_one())


def _mine(leased: Leased) -> Update:
    return update(inbox).where(inbox.c.id == leased.item.id, inbox.c.lease_token == leased.token)

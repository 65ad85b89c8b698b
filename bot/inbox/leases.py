"""Rows of the inbox change hands here: claimed, renewed, given back, tried again, given up, finished."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any, NamedTuple

from sqlalchemy import Connection

from bot.contracts import InboundMessage
from bot.inbox import statements
from bot.inbox.item import InboxItem
from bot.inbox.receive import TOPIC
from bot.inbox.straight import Leased
from bot.store import announce
from bot.store.schema import from_micros

UNREADABLE = "what is stored cannot be read"


class Terms(NamedTuple):
    """What a lease goes by."""

    now: datetime
    lease: timedelta

    @property
    def until(self) -> datetime:
        """When the lease ends."""
        return self.now + self.lease


def claim(conn: Connection, adapters: Iterable[str], terms: Terms, limit: int) -> list[Leased]:
    """Lease the oldest open message of each conversation that is due, at most `limit`; only of these adapters."""
    claimed: list[Leased] = []
    for adapter in adapters:
        most = limit - len(claimed)
        if most > 0:
            due = statements.DUE.all(conn, {"of_adapter": adapter, "now": terms.now, "most": most})
            claimed += _lease(conn, due, terms)
    return claimed


def claim_next(conn: Connection, conversation_id: int, terms: Terms) -> Leased | None:
    """Lease the message that comes next in a conversation, if it is due."""
    row = statements.NEXT.first(conn, {"conversation_id": conversation_id, "now": terms.now})
    return None if row is None else next(iter(_lease(conn, [row], terms)), None)


def _lease(conn: Connection, rows: Iterable[Sequence[Any]], terms: Terms) -> list[Leased]:
    token, leased = token_hex(8), []
    for row_id, conversation_id, stored, received_at, attempts in rows:
        try:
            message = InboundMessage.model_validate_json(stored)
        except ValueError as error:  # of a newer program, or damaged: it must not stop the others
            statements.DEAD.run(conn, {"row_id": row_id, "at": terms.now, "why": f"{UNREADABLE}: {error}"[:500]})
            announce(conn, TOPIC)  # what waits behind it may be worked on
            continue
        values = {"row_id": row_id, "new_token": token, "until": terms.until, "number": attempts + 1}
        statements.LEASE.run(conn, values)
        item = InboxItem(row_id, conversation_id, message, from_micros(received_at), attempts + 1)
        leased.append(Leased(item, token))
    return leased


def finish(conn: Connection, leased: Leased, outcome: str | None, now: datetime) -> bool | None:
    """Close an answered message; whether others of its conversation wait, None when somebody else has leased it."""
    row = statements.FINISH.first(conn, {
        "row_id": leased.item.id, "token": leased.token, "at": now, "taken_for": outcome,
        "place": leased.item.conversation_id,
    })
    return None if row is None else bool(row[0])


def renew(conn: Connection, leased: Iterable[Leased], until: datetime) -> None:
    """Keep messages that are still being worked on."""
    statements.RENEW.many(conn, [_mine(one) | {"until": until} for one in leased])


def give_back(conn: Connection, leased: Iterable[Leased], now: datetime) -> None:
    """Let somebody else work on messages nobody has answered; the attempt does not count."""
    statements.GIVE_BACK.many(conn, [_mine(one) | {"at": now} for one in leased])


def last_wait(conn: Connection, leased: Leased) -> float:
    """Seconds waited before this attempt, 0 before the first."""
    row = statements.LAST_WAIT.first(conn, {"row_id": leased.item.id})
    return float(row[0]) if row else 0.0


def try_again(conn: Connection, leased: Leased, *, why: str, wait: float, now: datetime) -> bool:
    """Put a failed message back for later; False when somebody else has it already."""
    return statements.TRY_AGAIN.run(conn, _mine(leased) | {
        "at": now + timedelta(seconds=wait), "why": why, "wait": wait
    }) > 0


def give_up(conn: Connection, leased: Leased, *, why: str, now: datetime) -> bool:
    """Close a message that failed for good; False when somebody else has it already."""
    return statements.GIVE_UP.run(conn, _mine(leased) | {"at": now, "why": why}) > 0


def _mine(leased: Leased) -> dict[str, Any]:
    return {"row_id": leased.item.id, "token": leased.token}

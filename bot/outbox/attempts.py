"""The record of every attempt to deliver a message."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam

from bot.outbox.tables import attempt
from bot.store.prepared import MakeInsert, Prepared

MAX_REASON_BYTES = 2_048

_NAMES = ("outbox_id", "number", "started_at", "ended_at", "outcome", "code", "reason")


def _insert(make: MakeInsert) -> Any:
    return make(attempt).values({name: bindparam(name) for name in _NAMES}).on_conflict_do_nothing()


_INSERT = Prepared(_insert)


def record_attempt(
    conn: Connection, outbox_id: int, number: int, *, started: datetime, ended: datetime, outcome: str,
    code: str | None = None, reason: str | None = None,
) -> None:  # fmt: skip
    """Write one attempt down; a number that is there already stays as it is."""
    cut = reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore") if reason else None
    _INSERT.run(conn, {
        "outbox_id": outbox_id, "number": number, "started_at": started, "ended_at": ended, "outcome": outcome,
        "code": code, "reason": cut,
    })

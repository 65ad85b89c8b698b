"""The record of every attempt to deliver a message."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, literal, or_, select

from bot.logs import redact
from bot.outbox.policy import GATEWAY
from bot.outbox.tables import attempt
from bot.store.prepared import MakeInsert, Prepared

MAX_REASON_BYTES = 2_048

_NAMES = ("outbox_id", "number", "started_at", "ended_at", "outcome", "code", "reason")


def _insert(make: MakeInsert) -> Any:
    return make(attempt).values({name: bindparam(name) for name in _NAMES}).on_conflict_do_nothing()


def _overwrite(make: MakeInsert) -> Any:
    statement = make(attempt).values({name: bindparam(name) for name in _NAMES})
    changes = {name: statement.excluded[name] for name in ("ended_at", "outcome", "reason")}
    return statement.on_conflict_do_update(index_elements=["outbox_id", "number"], set_=changes)


_UNANSWERED = Prepared(
    lambda _: select(func.count()).where(
        attempt.c.outbox_id == bindparam("row_id"), attempt.c.outcome == "retry",
        or_(attempt.c.code.is_(None), attempt.c.code.in_([literal(code) for code in sorted(GATEWAY)])),
    )
)
_INSERT = Prepared(_insert)
_OVERWRITE = Prepared(_overwrite)


def record_attempt(
    conn: Connection, outbox_id: int, number: int, *, started: datetime, ended: datetime, outcome: str,
    code: str | None = None, reason: str | None = None,
) -> None:  # fmt: skip
    """Write one attempt down; a number that is there already stays as it is."""
    _INSERT.run(conn, {
        "outbox_id": outbox_id, "number": number, "started_at": started, "ended_at": ended, "outcome": outcome,
        "code": code, "reason": _kept(reason),
    })


def record_late_finish(
    conn: Connection, outbox_id: int, number: int, *, started: datetime, ended: datetime, outcome: str
) -> None:
    """Write down that an attempt ended after its lease: whoever leased the message since had called it lost."""
    _OVERWRITE.run(conn, {
        "outbox_id": outbox_id, "number": number, "started_at": started, "ended_at": ended, "outcome": "late_finish",
        "code": None, "reason": f"the answer was: {outcome}",
    })


def unanswered(conn: Connection, outbox_id: int) -> int:
    """How many attempts met nobody, in an outage of the channel: they do not count against the message."""
    row = _UNANSWERED.first(conn, {"row_id": outbox_id})
    return 0 if row is None else int(row[0])


def _kept(reason: str | None) -> str | None:
    """What a channel said, without credentials, at most 2 KB."""
    return redact(reason).encode()[:MAX_REASON_BYTES].decode(errors="ignore") if reason else None

"""What administrators do with the outbox: look, send again, drop. Every unit here works on a connection."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from bot.errors import NotFound, ParcelbridgeError, UsageError
from bot.outbox.enqueue import TOPIC, take_place
from bot.outbox.message import MessageClass, QueueName
from bot.outbox.tables import outbox
from bot.people.tables import conversation
from bot.store import announce

STATES = ("ready", "leased", "sent", "dead", "dropped", "bundled")
REPLAYABLE = ("dead", "dropped")
MOST_LISTED = 200
MOST_REPLAYED = 10_000

Recheck = Callable[[Connection, Row[Any]], str | None]
"""Looks at a dead message before it is sent again; a reason to leave it, None to go on."""


class NotPossible(ParcelbridgeError):
    """The message is in a state that does not allow it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One message as it is shown to an administrator; nothing of what it says."""

    reference: str
    state: str
    adapter: str
    conversation: str
    queue: str
    kind: str
    attempts: int
    created_at: datetime
    available_at: datetime
    error: str | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """A message that is sent again, or why it is not."""

    reference: str
    new_reference: str | None
    skipped: str | None = None


def reference_of(row_id: int) -> str:
    """How people name a message: `O-` and its number."""
    return f"O-{row_id}"


def parse_reference(text: str) -> int:
    """The number behind `O-12`; a bare number will do. Raises `UsageError`."""
    digits = text.strip().upper().removeprefix("O-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 18:
        raise UsageError(f"{text!r} names no message; write O- and its number, such as O-12 (see: outbox list)")
    return int(digits)


def find(conn: Connection, *, state: str | None, limit: int = MOST_LISTED) -> list[Listed]:
    """The newest messages in a state, any state without one."""
    if state is not None and state not in STATES:
        raise UsageError(f"--state {state!r}: no such state; choose one of {', '.join(STATES)}")
    statement = select(outbox, conversation.c.external_id).join_from(outbox, conversation)
    if state is not None:
        statement = statement.where(outbox.c.state == state)
    return [_listed(row) for row in conn.execute(statement.order_by(outbox.c.id.desc()).limit(limit))]


def replay(conn: Connection, row_id: int, *, now: datetime, recheck: Recheck | None = None) -> Replayed:
    """Send a dead or dropped message again, as a new row. Raises `NotFound`, `NotPossible`.

    Whoever asks for it says that the destination has been mended, so what was held for it goes out as well.
    """
    row = _row(conn, row_id)
    if row.state not in REPLAYABLE:
        raise NotPossible(f"{reference_of(row_id)} is {row.state}; only dead or dropped messages can be sent again")
    return _replay(conn, row, now, recheck)


def replay_since(
    conn: Connection, adapters: Collection[str], *, since: datetime, now: datetime, recheck: Recheck | None = None
) -> list[Replayed]:
    """Send everything again that died in these adapter instances since an instant, in its old order."""
    replays = outbox.alias()
    again = select(replays.c.id).where(replays.c.replay_of == outbox.c.id, replays.c.state != "dead")
    statement = (
        select(outbox)
        .where(
            outbox.c.state == "dead", outbox.c.adapter.in_(sorted(adapters)), outbox.c.finished_at >= since,
            ~again.exists(),
        )
        .order_by(outbox.c.conversation_id, outbox.c.queue, outbox.c.seq)
        .limit(MOST_REPLAYED)
    )
    return [_replay(conn, row, now, recheck) for row in conn.execute(statement).all()]


def drop(conn: Connection, row_id: int, *, now: datetime) -> None:
    """Never send a message that waits or is dead. Raises `NotFound`, `NotPossible`."""
    done = conn.execute(
        update(outbox)
        .where(outbox.c.id == row_id, outbox.c.state.in_(("ready", "dead")))
        .values(state="dropped", finished_at=now, lease_token=None)
    )
    if done.rowcount:
        announce(conn, TOPIC)  # what waited behind it may go out
        return
    state = _row(conn, row_id).state
    why = "is being sent at this moment; try again in a minute" if state == "leased" else f"is {state} already"
    raise NotPossible(f"{reference_of(row_id)} {why}")


def _row(conn: Connection, row_id: int) -> Row[Any]:
    row = conn.execute(select(outbox).where(outbox.c.id == row_id).with_for_update()).first()
    if row is None:
        raise NotFound(f"there is no message {reference_of(row_id)}; see: parcelbridge outbox list")
    return row


def _replay(conn: Connection, row: Row[Any], now: datetime, recheck: Recheck | None) -> Replayed:
    why = recheck(conn, row) if recheck is not None else None
    if why is not None:
        return Replayed(reference_of(row.id), None, why)
    number = conn.execute(select(func.count()).where(outbox.c.replay_of == row.id)).scalar_one() + 1
    queue: QueueName = "reply" if row.queue == "reply" else "push"
    place = take_place(conn, row.conversation_id, queue)
    if place.broken:
        conn.execute(update(conversation).where(conversation.c.id == row.conversation_id).values(broken=None))
    values = row._asdict() | _FRESH | {
        "dedup_key": f"{row.dedup_key}#r{number}", "seq": place.seq, "available_at": now, "due_at": now,
        "created_at": now, "replay_of": row.id, "resent": row.resent or row.uncertain > 0,
    }
    del values["id"]
    new_id = conn.execute(insert(outbox).returning(outbox.c.id), values).scalar_one()
    announce(conn, TOPIC)
    return Replayed(reference_of(row.id), reference_of(new_id))


_FRESH: dict[str, Any] = {
    "state": "ready", "attempts": 0, "uncertain": 0, "backoff": 0.0, "lease_token": None, "finished_at": None,
    "sent_at": None, "provider_ref": None, "error": None, "bundle_id": None,
}
"""What a row that is sent again does not take from the old one; the channel gets the same `message_id`."""


def _listed(row: Row[Any]) -> Listed:
    return Listed(
        reference_of(row.id), row.state, row.adapter, row.external_id, row.queue,
        MessageClass(row.message_class).name.lower(), row.attempts, row.created_at, row.available_at, row.error,
    )


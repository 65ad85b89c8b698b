"""Several alerts that wait for one conversation become one message; after an outage nothing pours out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, literal, select, update

from bot.contracts import Card
from bot.outbox.enqueue import Place, insert_row, new_row
from bot.outbox.leased import Candidate, LeasedRow, from_new
from bot.outbox.message import MessageClass, OutgoingMessage, cards_from_json
from bot.outbox.policy import Limits, overdue
from bot.outbox.tables import outbox
from bot.store.prepared import Prepared, micros
from bot.store.schema import from_micros

LEAST = 3
"""From so many waiting messages on they are bundled."""
CATCH_UP_AGE = timedelta(minutes=30)
"""After an outage: messages this old are bundled as soon as there are two."""
MOST = 200
"""Messages in one bundle."""
_KINDS = (MessageClass.ALERT, MessageClass.DIGEST)
_KEY = "bundle:"
"""So begins the key of a bundle."""

Bundle = Callable[[Sequence[tuple[Card, ...]], str], tuple[Card, ...]]
"""The cards of the waiting messages, oldest first, and a language, become the cards of one message."""


@dataclass(frozen=True, slots=True)
class Bundled:
    """A bundle that may go out, and what became of the messages it was made of."""

    leased: LeasedRow
    originals: int
    overdue: int


def plain_bundle(waiting: Sequence[tuple[Card, ...]], language: str) -> tuple[Card, ...]:  # noqa: ARG001
    """The first card, under it the titles of the others."""
    first = waiting[0][0]
    others = tuple(cards[0].title for cards in waiting[1:] if cards[0].title)
    return (first.model_copy(update={"text": (*first.text, *others)}),)


def _waiting(_: object) -> Any:
    return (
        select(outbox.c.id, outbox.c.message_class, outbox.c.cards, outbox.c.dedup_key, micros(outbox.c.due_at))
        .where(
            outbox.c.conversation_id == bindparam("conversation_id"), outbox.c.queue == "push",
            outbox.c.finished_at.is_(None), outbox.c.state == "ready", outbox.c.uncertain == 0,
            outbox.c.resent.is_(False), outbox.c.available_at <= bindparam("now"),
            outbox.c.message_class.in_(literal(int(kind)) for kind in _KINDS),
        )
        .order_by(outbox.c.seq)
        .limit(literal(MOST))
        .with_for_update(skip_locked=True)
    )


_WAITING = Prepared(_waiting)
_CLOSE = Prepared(
    lambda _: update(outbox).where(outbox.c.id == bindparam("row_id")).values(
        state=bindparam("as_state"), finished_at=bindparam("at"), error=bindparam("why")
    )
)
_POINT = Prepared(
    lambda _: update(outbox).where(outbox.c.id == bindparam("row_id")).values(bundle_id=bindparam("bundle"))
)
_INSIDE = Prepared(
    lambda _: select(outbox.c.id, outbox.c.message_class, outbox.c.cards, outbox.c.dedup_key, micros(outbox.c.due_at))
    .where(outbox.c.bundle_id == bindparam("row_id"))
    .order_by(outbox.c.seq)
)


def bundled(
    conn: Connection, head: Candidate, *, now: datetime, lease_until: datetime, token: str, limits: Limits, make: Bundle
) -> Bundled | None:
    """One leased message instead of the first of a queue and those that wait behind it; None when few wait.

    What was tried and surely did not arrive is folded too: after an outage even the first one. A bundle that did not
    arrive is made anew, of what it was made of and what has come since.
    """
    if head.queue != "push" or head.message_class not in _KINDS:
        return None
    if head.state != "ready" or head.uncertain or head.resent:
        return None
    found = _WAITING.all(conn, {"conversation_id": head.conversation_id, "now": now})
    late = [row for row in found if _is_late(row, now, limits)]
    rows = [row for row in found if row not in late]
    parts = list(_parts(conn, rows, now, limits))
    least = 2 if parts and from_micros(parts[0][4]) < now - CATCH_UP_AGE else LEAST
    if len(rows) < 2 or len(parts) < least:
        return None
    message = OutgoingMessage(
        conversation_id=head.conversation_id, queue="push", message_class=min(row[1] for row in rows),
        dedup_key=f"{_KEY}{head.message_id}", language=head.language,
        cards=make([cards_from_json(part[2]) for part in parts], head.language),
    )
    _close(conn, rows, "bundled", None, now)
    _close(conn, late, "dead", "max_age: waited too long behind others", now)
    lease = {"lease_token": token, "available_at": lease_until, "due_at": from_micros(rows[-1][4])}
    leased = _stored(conn, head, message, lease, now=now)
    _POINT.many(conn, [{"row_id": one, "bundle": leased.id} for one in sorted({row[0] for row in (*rows, *parts)})])
    return Bundled(leased, len(parts), len(late))


def _stored(
    conn: Connection, head: Candidate, message: OutgoingMessage, lease: dict[str, Any], *, now: datetime
) -> LeasedRow:
    """The bundle in the place of the first in its queue: what waits behind that one stays behind it."""
    place = Place(head.seq, head.address, broken=False, waiting=False, closed_until=None)
    values = new_row(message, place, now) | {"state": "leased", "attempts": 1} | lease
    row_id = insert_row(conn, values)
    if row_id is None:
        raise LookupError(f"bundle of outbox row {head.id} exists already")
    return from_new(message, place, values, row_id, now)


def _parts(conn: Connection, rows: Sequence[Sequence[Any]], now: datetime, limits: Limits) -> Iterator[Sequence[Any]]:
    """The waiting messages; instead of an earlier bundle what it was made of and is not too old."""
    for row in rows:
        inside = _INSIDE.all(conn, {"row_id": row[0]}) if _is_bundle(row) else (row,)
        yield from (part for part in inside if not _is_bundle(part) and not _is_late(part, now, limits))


def _is_bundle(row: Sequence[Any]) -> bool:
    return str(row[3]).startswith(_KEY)


def _is_late(row: Sequence[Any], now: datetime, limits: Limits) -> bool:
    return overdue(row[1], from_micros(row[4]), at=now, limits=limits) is not None


def _close(conn: Connection, rows: Sequence[Sequence[Any]], state: str, why: str | None, now: datetime) -> None:
    _CLOSE.many(conn, [{"row_id": row[0], "as_state": state, "at": now, "why": why} for row in rows])

"""Into the outbox: a place in the conversation's queue and a row, in the caller's own transaction."""

import json
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import Connection, Text, bindparam, cast, exists, select, update

from bot.contracts import ConversationAddress, ConversationKind, ReplyRoute
from bot.outbox.message import OutgoingMessage, QueueName, cards_to_json
from bot.outbox.tables import channel_pace, outbox
from bot.people.tables import conversation
from bot.store import announce
from bot.store.prepared import MakeInsert, Prepared, micros
from bot.store.schema import from_micros

TOPIC = "outbox"
"""Announced when there is something to send."""


def _take_place(queue: QueueName) -> Any:
    counter = conversation.c.next_reply_seq if queue == "reply" else conversation.c.next_push_seq
    waiting = select(outbox.c.id).where(  # the parameter, not the outer column: SQLite's RETURNING knows no table names
        outbox.c.conversation_id == bindparam("conversation_id"),
        outbox.c.queue == queue,
        outbox.c.finished_at.is_(None),
    )
    # Within RETURNING SQLite sees `adapter` without its type and would scan for it; cast, the key is searched.
    instance = cast(conversation.c.adapter, Text)
    closed = select(micros(channel_pace.c.closed_until)).where(channel_pace.c.scope == instance)
    return (
        update(conversation)
        .where(conversation.c.id == bindparam("conversation_id"))
        .values({counter: counter + 1})
        .returning(
            counter - 1, conversation.c.adapter, conversation.c.external_id, conversation.c.kind,
            conversation.c.title, conversation.c.broken, exists(waiting),
            closed.correlate(conversation).scalar_subquery(),
            conversation.c.route_url, micros(conversation.c.route_expires_at),
        )
    )


_COLUMNS = [
    column.name for column in outbox.c
    if column.name not in (
        "id", "finished_at", "sent_at", "provider_ref", "editable", "edit_of", "error", "bundle_id",
    )
]


def _insert_row(make: MakeInsert) -> Any:
    return (
        make(outbox)
        .values({name: bindparam(name) for name in _COLUMNS})
        .on_conflict_do_nothing(index_elements=["dedup_key"])
        .returning(outbox.c.id)
    )


# One statement takes the number and locks the conversation's row, so that commits follow the numbers.
_PLACE = {
    "reply": Prepared(lambda _: _take_place("reply")),
    "push": Prepared(lambda _: _take_place("push")),
}
_INSERT = Prepared(_insert_row)


class Place(NamedTuple):
    """A place in a conversation's queue, and what is known of the way there."""

    seq: int
    address: ConversationAddress
    broken: bool
    waiting: bool
    """An earlier message of the queue is still open."""
    closed_until: datetime | None
    """The adapter instance keeps quiet until then."""
    last_route: tuple[str | None, int | None] = (None, None)
    """Address and end, in microseconds, of the conversation's last reply route."""

    @property
    def route(self) -> ReplyRoute | None:
        """The conversation's last reply route, perhaps run out; made when asked for, since few ask."""
        url, until = self.last_route
        return ReplyRoute(url=url, expires_at=from_micros(until)) if url and until else None


def take_place(conn: Connection, conversation_id: int, queue: QueueName) -> Place:
    """The next place of a queue; the conversation's row stays locked until the transaction ends."""
    row = _PLACE[queue].first(conn, {"conversation_id": conversation_id})
    if row is None:
        raise LookupError(f"there is no conversation {conversation_id} to write to")
    seq, adapter, external_id, kind, title, broken, waiting, closed_until, url, until = row
    address = ConversationAddress(
        adapter=adapter, external_id=external_id, kind=ConversationKind(kind), title=title
    )
    closed = None if closed_until is None else from_micros(closed_until)
    return Place(seq, address, broken is not None, bool(waiting), closed, (url, until))


def insert_row(conn: Connection, values: dict[str, Any]) -> int | None:
    """Store a row made by `new_row`; None when its `dedup_key` is already there."""
    row = _INSERT.first(conn, values)
    return None if row is None else int(row[0])


def new_row(message: OutgoingMessage, place: Place, now: datetime) -> dict[str, Any]:
    """The values of a row that waits to be sent."""
    route, due_at = message.reply_route, message.available_at or now
    return {
        "conversation_id": message.conversation_id,
        "adapter": place.address.adapter,
        "queue": message.queue,
        "seq": place.seq,
        "message_class": int(message.message_class),
        "dedup_key": message.dedup_key,
        "message_id": str(uuid4()),
        "cards": cards_to_json(message.cards),
        "language": message.language,
        "route_url": route.url if route else None,
        "route_expires_at": route.expires_at if route else None,
        "reply_to": message.reply_to,
        "mentions": json.dumps(message.mentions) if message.mentions else None,
        "asked_at": message.asked_at,
        "state": "ready",
        "attempts": 0,
        "uncertain": 0,
        "resent": False,
        "backoff": 0.0,
        "available_at": due_at,
        "due_at": due_at,
        "lease_token": None,
        "created_at": now,
        "replay_of": None,
    }


def enqueue(conn: Connection, message: OutgoingMessage, now: datetime) -> int | None:
    """Put a message into the outbox as part of the caller's transaction; the sender wakes after its commit.

    Returns the row's id, None when its `dedup_key` was already there. `now` is aware. Raises `LookupError` for a
    conversation that does not exist.
    """
    place = take_place(conn, message.conversation_id, message.queue)
    row_id = insert_row(conn, new_row(message, place, now))
    if row_id is not None:
        announce(conn, TOPIC)
    return row_id

"""A message this process may send now, and what its outcome is judged by."""

import json
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from bot.contracts import ConversationAddress, ConversationKind, OutboundMessage, ReplyRoute
from bot.outbox.enqueue import Place
from bot.outbox.message import MessageClass, OutgoingMessage, cards_from_json
from bot.outbox.tables import outbox
from bot.people.tables import conversation
from bot.store.prepared import micros
from bot.store.schema import from_micros, to_micros

SUBSCRIBED = frozenset({MessageClass.ALERT, MessageClass.DIGEST})
"""What a reader asked to be sent, and may end."""


class LeasedRow(NamedTuple):
    """One row of the outbox, leased."""

    id: int
    token: str
    lease_until: datetime
    message: OutboundMessage
    message_class: int
    queue: str
    conversation_id: int
    uncertain: int
    backoff: float
    due_at: datetime
    language: str
    asked_at: datetime | None


class Candidate(NamedTuple):
    """A row of the outbox with its conversation, as `candidates` reads it; instants in microseconds."""

    id: int
    adapter: str
    conversation_id: int
    queue: str
    seq: int
    message_class: int
    message_id: str
    cards: str
    language: str
    route_url: str | None
    route_expires_at: int | None
    reply_to: str | None
    mentions: str | None
    asked_at: int | None
    state: str
    attempts: int
    uncertain: int
    resent: bool
    backoff: float
    available_at: int
    due_at: int
    created_at: int
    edit_of: int | None
    external_id: str
    kind: str
    title: str | None
    last_route_url: str | None
    last_route_expires_at: int | None

    @property
    def address(self) -> ConversationAddress:
        """Where it goes."""
        return ConversationAddress(
            adapter=self.adapter, external_id=self.external_id, kind=ConversationKind(self.kind), title=self.title
        )


_INSTANTS = {"route_expires_at", "asked_at", "available_at", "due_at", "created_at"}
_OF_CONVERSATION = {
    "external_id": conversation.c.external_id, "kind": conversation.c.kind, "title": conversation.c.title,
    "last_route_url": conversation.c.route_url, "last_route_expires_at": micros(conversation.c.route_expires_at),
}


def candidates() -> Select[Any]:
    """Selects what a `Candidate` is made of."""
    columns = [
        _OF_CONVERSATION[name] if name in _OF_CONVERSATION
        else micros(outbox.c[name]) if name in _INSTANTS else outbox.c[name]
        for name in Candidate._fields
    ]
    return select(*columns).select_from(outbox.join(conversation, conversation.c.id == outbox.c.conversation_id))


def from_candidate(
    row: Candidate, *, token: str, lease_until: datetime, now: datetime, resent: bool, replaces: str | None = None
) -> LeasedRow:
    """The row as it is sent. Raises `ValueError` when what is stored cannot be read."""
    message = OutboundMessage.model_construct(
        message_id=row.message_id,
        conversation=row.address,
        cards=cards_from_json(row.cards),
        reply_route=_route(row, now),
        in_reply_to=row.reply_to,
        replaces=replaces,
        mention=tuple(json.loads(row.mentions)) if row.mentions else (),
        resent=resent,
        attempt=row.attempts + 1,
        subscription=row.message_class in SUBSCRIBED,
        created_at=from_micros(row.created_at),
    )
    return LeasedRow(
        row.id, token, lease_until, message, row.message_class, row.queue, row.conversation_id, row.uncertain,
        row.backoff, from_micros(row.due_at), row.language, None if row.asked_at is None else from_micros(row.asked_at),
    )


def from_new(message: OutgoingMessage, place: Place, row: dict[str, Any], row_id: int, now: datetime) -> LeasedRow:
    """The row that was stored as leased a moment ago; `row` holds its values."""
    outbound = OutboundMessage.model_construct(
        message_id=row["message_id"],
        conversation=place.address,
        cards=message.cards,
        reply_route=_alive(message.reply_route, now) or _alive(place.route, now),
        in_reply_to=message.reply_to,
        replaces=None,
        mention=message.mentions,
        resent=False,
        attempt=1,
        subscription=message.message_class in SUBSCRIBED,
        created_at=now,
    )
    return LeasedRow(
        row_id, row["lease_token"], row["available_at"], outbound, message.message_class, message.queue,
        message.conversation_id, 0, 0.0, row["due_at"], message.language, message.asked_at,
    )


def _route(row: Candidate, now: datetime) -> ReplyRoute | None:
    """The message's own route while it lives, else the conversation's last one while that lives."""
    at = to_micros(now)
    own, last = (row.route_url, row.route_expires_at), (row.last_route_url, row.last_route_expires_at)
    for url, until in (own, last):
        if url and until and until > at:
            return ReplyRoute(url=url, expires_at=from_micros(until))
    return None


def _alive(route: ReplyRoute | None, now: datetime) -> ReplyRoute | None:
    return route if route is not None and route.expires_at > now else None

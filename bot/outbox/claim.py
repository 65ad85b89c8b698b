"""Claiming: which messages may go out now, leased to this process for a while."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, Row, and_, case, exists, func, or_, select, update

from bot.contracts import Capabilities, ConversationAddress, ConversationKind, OutboundMessage, ReplyRoute
from bot.outbox import pace
from bot.outbox.attempts import record_attempt
from bot.outbox.message import cards_from_json
from bot.outbox.tables import channel_pace, outbox
from bot.people.tables import conversation

BATCH = 20


@dataclass(frozen=True, slots=True)
class LeasedRow:
    """A message this process may send now, and what its outcome is judged by."""

    id: int
    token: str
    message: OutboundMessage
    message_class: int
    queue: str
    conversation_id: int
    uncertain: int
    backoff: float
    due_at: datetime
    language: str
    asked_at: datetime | None


def claim(
    conn: Connection, *, channels: Mapping[str, Capabilities], now: datetime, lease: timedelta, limit: int
) -> list[LeasedRow]:
    """Lease what may go out: due, first in its queue, its channel open and its pace kept."""
    rows = conn.execute(_candidates(channels, now, limit)).all()
    claimed = []
    for row in rows:
        counted = pace.pace_of(
            channels[row.adapter], adapter=row.adapter, conversation_id=row.conversation_id,
            message_class=row.message_class,
        )
        later = pace.take(conn, counted, now)
        if later is not None:
            conn.execute(update(outbox).where(outbox.c.id == row.id).values(available_at=later))
            continue
        claimed.append(_lease(conn, row, now, lease))
    return claimed


def _candidates(adapters: Collection[str], now: datetime, limit: int) -> Any:
    earlier = outbox.alias()
    blocked = exists().where(
        earlier.c.conversation_id == outbox.c.conversation_id, earlier.c.queue == outbox.c.queue,
        earlier.c.seq < outbox.c.seq, earlier.c.finished_at.is_(None),
    )
    closed = exists().where(channel_pace.c.scope == outbox.c.adapter, channel_pace.c.closed_until > now)
    return (
        select(
            outbox, conversation.c.external_id, conversation.c.kind, conversation.c.title,
            conversation.c.route_url.label("last_route"), conversation.c.route_expires_at.label("last_route_until"),
        )
        .select_from(outbox.join(conversation, conversation.c.id == outbox.c.conversation_id))
        .where(
            outbox.c.finished_at.is_(None), outbox.c.available_at <= now, outbox.c.adapter.in_(sorted(adapters)),
            conversation.c.broken.is_(None), ~blocked, ~closed,
        )
        .order_by(outbox.c.message_class, outbox.c.available_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=outbox)
    )


def _lease(conn: Connection, row: Row[Any], now: datetime, lease: timedelta) -> LeasedRow:
    token = token_hex(8)
    uncertain, resent = row.uncertain, row.resent
    if row.state == "leased":  # whoever had it died, perhaps after the channel had taken it
        uncertain, resent = uncertain + 1, True
        record_attempt(conn, row.id, row.attempts, started=row.available_at - lease, ended=now, outcome="lease_expired")
    conn.execute(update(outbox).where(outbox.c.id == row.id).values(
        state="leased", lease_token=token, attempts=row.attempts + 1, available_at=now + lease, uncertain=uncertain,
        resent=resent,
    ))
    message = OutboundMessage(
        message_id=row.message_id,
        conversation=ConversationAddress(
            adapter=row.adapter, external_id=row.external_id, kind=ConversationKind(row.kind), title=row.title
        ),
        cards=cards_from_json(row.cards),
        reply_route=_route(row, now),
        in_reply_to=row.reply_to,
        mention=tuple(_mentions(row.mentions)),
        resent=resent,
        attempt=row.attempts + 1,
        created_at=row.created_at,
    )
    return LeasedRow(
        row.id, token, message, row.message_class, row.queue, row.conversation_id, uncertain, row.backoff, row.due_at,
        row.language, row.asked_at,
    )


def _route(row: Row[Any], now: datetime) -> ReplyRoute | None:
    """The message's own route while it lives, else the conversation's last one."""
    for url, until in ((row.route_url, row.route_expires_at), (row.last_route, row.last_route_until)):
        if url and until and until > now:
            return ReplyRoute(url=url, expires_at=until)
    return None


def _mentions(stored: str | None) -> Sequence[str]:
    return json.loads(stored) if stored else ()


def give_back(conn: Connection, rows: Sequence[LeasedRow], now: datetime) -> None:
    """Let somebody else send what was not begun; the attempt does not count."""
    for row in rows:
        conn.execute(
            update(outbox)
            .where(outbox.c.id == row.id, outbox.c.lease_token == row.token)
            .values(state="ready", lease_token=None, available_at=now, attempts=outbox.c.attempts - 1)
        )


def renew(conn: Connection, rows: Sequence[LeasedRow], until: datetime) -> None:
    """Keep what is still being sent."""
    for row in rows:
        conn.execute(
            update(outbox)
            .where(outbox.c.id == row.id, outbox.c.lease_token == row.token)
            .values(available_at=until)
        )


def crowded(conn: Connection, *, adapters: Collection[str], now: datetime, least: int) -> list[int]:
    """Conversations in which several alerts or digests wait to go out, none of them being sent."""
    waiting = and_(
        outbox.c.finished_at.is_(None), outbox.c.available_at <= now, outbox.c.adapter.in_(sorted(adapters)),
        outbox.c.queue == "push", outbox.c.message_class.in_((2, 3)),
    )
    return list(conn.execute(
        select(outbox.c.conversation_id).where(waiting).group_by(outbox.c.conversation_id)
        .having(func.count() >= least, func.sum(func.coalesce(_is_leased(), 0)) == 0)
    ).scalars())


def _is_leased() -> Any:
    return case((or_(outbox.c.state == "leased", outbox.c.attempts > 0), 1), else_=0)

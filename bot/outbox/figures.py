"""Figures of the outbox for metrics and readiness; they look at open and dead rows only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from bot.outbox.tables import channel_pace, outbox
from bot.people.tables import conversation

REPLY_WAITS_TOO_LONG = timedelta(seconds=30)
PUSH_WAITS_TOO_LONG = timedelta(minutes=10)
NAMED = 3
"""Broken conversations named; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Behind:
    """What was to go out through one adapter instance and has not."""

    messages: int
    oldest: timedelta
    """For how long the oldest has been due."""


@dataclass(frozen=True, slots=True)
class OutboxFigures:
    """The outbox at one moment."""

    oldest_ready: Mapping[str, timedelta]
    """By queue: for how long the oldest message that may go out has waited; a queue without any is missing."""
    waiting: Mapping[str, int]
    """By queue: messages that may go out now."""
    held: int
    """Messages waiting for a conversation that is broken."""
    leased_past_expiry: int
    dead: int
    broken_conversations: int
    broken_names: tuple[str, ...]
    """The first of them: adapter instance and title, or address."""
    closed_channels: Mapping[str, datetime]
    """Channels that must keep quiet, and until when."""
    behind: Mapping[str, Behind]
    """By adapter instance, also what rests between two tries; an instance without any is missing."""

    @property
    def late(self) -> Mapping[str, Behind]:
        """Adapter instances whose oldest message has been due for too long."""
        return {name: one for name, one in sorted(self.behind.items()) if one.oldest > PUSH_WAITS_TOO_LONG}

    @property
    def too_slow(self) -> tuple[str, ...]:
        """Queues whose oldest message has waited for too long."""
        limits = {"reply": REPLY_WAITS_TOO_LONG, "push": PUSH_WAITS_TOO_LONG}
        return tuple(queue for queue, age in sorted(self.oldest_ready.items()) if age > limits[queue])


def outbox_figures(conn: Connection, now: datetime) -> OutboxFigures:
    """Count what is open and what is dead."""
    queues = conn.execute(_waiting(now)).all()
    broken = select(func.count()).select_from(conversation).where(conversation.c.broken.is_not(None))
    closed = select(channel_pace.c.scope, channel_pace.c.closed_until).where(channel_pace.c.closed_until > now)
    return OutboxFigures(
        oldest_ready={row.queue: max(timedelta(0), now - row.oldest) for row in queues},
        waiting={row.queue: row.waiting for row in queues},
        held=conn.execute(_open_in_broken()).scalar_one(),
        leased_past_expiry=conn.execute(_past_expiry(now)).scalar_one(),
        dead=conn.execute(select(func.count()).select_from(outbox).where(outbox.c.state == "dead")).scalar_one(),
        broken_conversations=conn.execute(broken).scalar_one(),
        broken_names=tuple(f"{row.adapter}: {row.name}" for row in conn.execute(_broken_names())),
        closed_channels={row.scope: row.closed_until for row in conn.execute(closed)},
        behind={row.adapter: Behind(row.messages, now - row.oldest) for row in conn.execute(_behind(now))},
    )


def _waiting(now: datetime) -> Any:
    quiet = select(channel_pace.c.scope).where(
        channel_pace.c.scope == outbox.c.adapter, channel_pace.c.closed_until > now
    )
    return (
        select(outbox.c.queue, func.count().label("waiting"), func.min(outbox.c.available_at).label("oldest"))
        .join(conversation, conversation.c.id == outbox.c.conversation_id)
        .where(
            outbox.c.finished_at.is_(None), outbox.c.state == "ready", outbox.c.available_at <= now,
            conversation.c.broken.is_(None), ~quiet.exists(),
        )
        .group_by(outbox.c.queue)
    )


def _behind(now: datetime) -> Any:
    return (
        select(outbox.c.adapter, func.count().label("messages"), func.min(outbox.c.due_at).label("oldest"))
        .join(conversation, conversation.c.id == outbox.c.conversation_id)
        .where(outbox.c.finished_at.is_(None), outbox.c.due_at <= now, conversation.c.broken.is_(None))
        .group_by(outbox.c.adapter)
    )


def _broken_names() -> Any:
    name = func.coalesce(conversation.c.title, conversation.c.external_id).label("name")
    wanted = select(conversation.c.adapter, name).where(conversation.c.broken.is_not(None))
    return wanted.order_by(conversation.c.id).limit(NAMED)


def _open_in_broken() -> Any:
    return (
        select(func.count())
        .select_from(outbox.join(conversation, conversation.c.id == outbox.c.conversation_id))
        .where(outbox.c.finished_at.is_(None), conversation.c.broken.is_not(None))
    )


def _past_expiry(now: datetime) -> Any:
    return (
        select(func.count())
        .select_from(outbox)
        .where(outbox.c.finished_at.is_(None), outbox.c.state == "leased", outbox.c.available_at < now)
    )

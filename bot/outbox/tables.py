"""The outbox: every message that has to go out, every attempt at it, and the pace of each channel."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.store.schema import Instant, Key, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", Key, primary_key=True),
    Column("conversation_id", Key, ForeignKey("conversation.id"), nullable=False),
    Column("adapter", String(64), nullable=False),
    Column("queue", String(8), nullable=False),  # reply, push
    Column("seq", BigInteger, nullable=False),  # place in the conversation's queue
    Column("message_class", SmallInteger, nullable=False),
    Column("dedup_key", Text, nullable=False),
    Column("message_id", String(36), nullable=False),  # what the channel gets as our id; unguessable
    Column("cards", Text, nullable=False),  # JSON list of Card
    Column("language", String(16), nullable=False),
    Column("route_url", Text),  # a credential
    Column("route_expires_at", Instant),
    Column("reply_to", Text),
    Column("mentions", Text),  # JSON list; None: nobody
    Column("asked_at", Instant),  # when the question was asked that this answers
    Column("state", String(8), nullable=False),  # ready, leased, sent, dead, dropped, bundled
    Column("attempts", Integer, nullable=False),
    Column("uncertain", Integer, nullable=False),  # attempts that may have arrived
    Column("resent", Boolean, nullable=False),  # the next attempt is marked as sent again
    Column("backoff", Float, nullable=False),  # seconds waited before the last retry
    Column("available_at", Instant, nullable=False),  # not before; while leased: the end of the lease
    Column("due_at", Instant, nullable=False),  # when it was first meant to go out; age counts from here
    Column("lease_token", String(32)),
    Column("created_at", Instant, nullable=False),
    Column("finished_at", Instant),  # None while it waits or is being sent
    Column("sent_at", Instant),
    Column("provider_ref", Text),
    Column("editable", Boolean),  # the channel can change it in place, by its provider_ref; None: it cannot
    Column("edit_of", Key),  # the message it changes in place; None: it is a message of its own
    Column("error", Text),  # why it is dead, or the last failure
    Column("replay_of", Key, ForeignKey("outbox.id")),
    Column("bundle_id", Key, ForeignKey("outbox.id")),  # the message it went out in, when bundled
    UniqueConstraint("dedup_key"),
    # Open rows only, so that what has been sent costs nothing.
    Index(
        "ix_outbox_open", "conversation_id", "queue", "seq", unique=True,
        sqlite_where=text("finished_at IS NULL"), postgresql_where=text("finished_at IS NULL"),
    ),
    Index(
        "ix_outbox_due", "adapter", "queue", "available_at",
        sqlite_where=text("finished_at IS NULL"), postgresql_where=text("finished_at IS NULL"),
    ),
    Index(
        "ix_outbox_dead", "adapter", "finished_at",
        sqlite_where=text("state = 'dead'"), postgresql_where=text("state = 'dead'"),
    ),
    Index("ix_outbox_bundle_id", "bundle_id", sqlite_where=text("bundle_id IS NOT NULL"),
          postgresql_where=text("bundle_id IS NOT NULL")),
    # Only what a platform gave an id, which people quote; most answers have none and cost nothing here.
    Index("ix_outbox_provider_ref", "provider_ref", sqlite_where=text("provider_ref IS NOT NULL"),
          postgresql_where=text("provider_ref IS NOT NULL")),
    Index("ix_outbox_replay_of", "replay_of", sqlite_where=text("replay_of IS NOT NULL"),
          postgresql_where=text("replay_of IS NOT NULL")),
)

attempt = Table(
    "attempt",
    metadata,
    Column("outbox_id", Key, ForeignKey("outbox.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=False),
    Column("outcome", String(16), nullable=False),  # sent, retry, uncertain, refused, late_finish, lease_expired
    Column("code", Text),
    Column("reason", Text),  # what the channel said, without secrets, at most 2 KB
    sqlite_with_rowid=False,
)

channel_pace = Table(
    "channel_pace",
    metadata,
    Column("scope", Text, primary_key=True),  # an adapter instance, or one conversation of it
    Column("recent", Text, nullable=False),  # JSON list: the last minute's sends in microseconds, pushes negative
    Column("closed_until", Instant),
)

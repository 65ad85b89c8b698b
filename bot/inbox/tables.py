"""The inbox: every message that came in, once, until it has been answered."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from bot.store.schema import Instant, Key, metadata

inbox = Table(
    "inbox",
    metadata,
    Column("id", Key, primary_key=True),
    Column("adapter", String(64), nullable=False),
    Column("message_id", Text, nullable=False),
    Column("conversation_id", Key, ForeignKey("conversation.id"), nullable=False),
    Column("message", Text, nullable=False),  # InboundMessage as JSON
    Column("state", String(8), nullable=False),  # ready, leased, done, dead
    Column("attempts", Integer, nullable=False),
    Column("available_at", Instant, nullable=False),  # not before; while leased: the end of the lease
    Column("lease_token", String(32)),
    Column("received_at", Instant, nullable=False),
    Column("finished_at", Instant),  # None while the message waits or is worked on
    Column("error", Text),  # the last failure, by type
    Column("backoff", Float, nullable=False),  # seconds waited before the last retry
    Column("outcome", Text),  # what it was taken for, as JSON: intent, slots, language, why
    UniqueConstraint("adapter", "message_id"),
    # Open rows only, so that what has been answered costs nothing.
    Index(
        "ix_inbox_open", "conversation_id", "id",
        sqlite_where=text("finished_at IS NULL"), postgresql_where=text("finished_at IS NULL"),
    ),
    Index(
        "ix_inbox_due", "adapter", "available_at",
        sqlite_where=text("finished_at IS NULL"), postgresql_where=text("finished_at IS NULL"),
    ),
    Index("ix_inbox_dead", "id", sqlite_where=text("state = 'dead'"), postgresql_where=text("state = 'dead'")),
)

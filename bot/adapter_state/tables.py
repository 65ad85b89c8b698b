"""The table of what adapters keep."""

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from bot.store.schema import Instant, metadata

adapter_state = Table(
    "adapter_state",
    metadata,
    Column("adapter", String(64), primary_key=True),  # name of the instance
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("number", BigInteger, nullable=False),  # of a counter
    Column("until", Instant),  # None: for good
    Index("ix_adapter_state_until", "until"),
)

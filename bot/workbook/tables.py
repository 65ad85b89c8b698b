"""The table of lists somebody is to get."""

from sqlalchemy import Column, Index, String, Table, Text

from bot.store.schema import Instant, metadata

workbook_request = Table(
    "workbook_request",
    metadata,
    Column("key", String(32), primary_key=True),  # unguessable: references may be seen outside
    Column("request", Text, nullable=False),  # JSON of Request
    Column("created_at", Instant, nullable=False),
    Index("ix_workbook_request_created_at", "created_at"),
)

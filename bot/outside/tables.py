"""The table of what outside services were asked."""

from sqlalchemy import BigInteger, Column, String, Table

from bot.store.schema import metadata

outside_use = Table(
    "outside_use",
    metadata,
    Column("service", String(32), primary_key=True),
    Column("month", String(7), primary_key=True),  # 2026-11, of UTC
    Column("requests", BigInteger, nullable=False),
    Column("characters", BigInteger, nullable=False),  # that were sent
)

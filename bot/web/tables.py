"""Bearer tokens of programs that call us; only the hash of the secret part is kept."""

from sqlalchemy import Column, ForeignKey, String, Table

from bot.store.schema import Instant, Key, metadata

api_token = Table(
    "api_token",
    metadata,
    Column("public_id", String(16), primary_key=True),  # the part of the token that may be shown
    Column("role", String(16), nullable=False),  # feed, api, console
    Column("partner_id", Key, ForeignKey("partner.id")),
    Column("secret_hash", String(64), nullable=False),  # SHA-256, hexadecimal, of the whole token
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

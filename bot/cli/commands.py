"""Importing this module registers every command."""

from bot.cli import (
    asking,
    cases,
    configuration,
    contacts,
    database,
    demo,
    diagnosis,
    ingest,
    outbox,
    running,
    tokens,
    understanding,
)

__all__ = [
    "asking", "cases", "configuration", "contacts", "database", "demo", "diagnosis", "ingest", "outbox", "running",
    "tokens", "understanding",
]

"""Importing this module registers every command."""

from bot.cli import (
    alerts,
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
    "alerts", "asking", "cases", "configuration", "contacts", "database", "demo", "diagnosis", "ingest", "outbox",
    "running", "tokens", "understanding",
]

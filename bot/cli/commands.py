"""Importing this module registers every command."""

from bot.cli import asking, configuration, database, demo, diagnosis, ingest, running, tokens, understanding

__all__ = ["asking", "configuration", "database", "demo", "diagnosis", "ingest", "running", "tokens", "understanding"]

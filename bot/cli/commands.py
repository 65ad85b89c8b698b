"""Importing this module registers every command."""

from bot.cli import asking, configuration, database, diagnosis, ingest, running, tokens, understanding

__all__ = ["asking", "configuration", "database", "diagnosis", "ingest", "running", "tokens", "understanding"]

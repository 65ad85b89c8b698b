"""Importing this module registers every command."""

from bot.cli import configuration, database, understanding

__all__ = ["configuration", "database", "understanding"]

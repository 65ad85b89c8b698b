"""The command line: one file for each family of commands."""

from bot.cli.main import main

__all__ = ["main"]

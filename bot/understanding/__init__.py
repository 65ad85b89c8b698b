"""Deterministic bilingual understanding: text in, language, intent, slots and their reasons out."""

from bot.understanding.commands import Command, parse_command
from bot.understanding.engine import understand
from bot.understanding.model import Alternative, Evidence, Turn, Understanding
from bot.understanding.numbers import FoundNumber

__all__ = [
    "Alternative",
    "Command",
    "Evidence",
    "FoundNumber",
    "Turn",
    "Understanding",
    "parse_command",
    "understand",
]

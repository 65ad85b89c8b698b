"""Deterministic bilingual understanding: text in, language, intent, slots and their reasons out."""

from bot.understanding.commands import Command, parse_command
from bot.understanding.engine import understand
from bot.understanding.model import Alternative, Evidence, Score, Turn, Understanding, Why
from bot.understanding.numbers import FoundNumber

__all__ = [
    "Alternative",
    "Command",
    "Evidence",
    "FoundNumber",
    "Score",
    "Turn",
    "Understanding",
    "Why",
    "parse_command",
    "understand",
]

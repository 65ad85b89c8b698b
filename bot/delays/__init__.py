"""Delays: what must have happened by when, and what to expect. Pure, no I/O."""

from bot.delays.model import Due, Estimate, Severity, Subject

__all__ = ["Due", "Estimate", "Severity", "Subject"]

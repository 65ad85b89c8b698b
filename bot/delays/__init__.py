"""Delays: what must have happened by when, and what to expect. Pure, no I/O."""

from bot.delays.calendars import Calendars
from bot.delays.model import Due, Estimate, Severity, Subject
from bot.delays.severity import severity_of
from bot.delays.standards import Standards

__all__ = ["Calendars", "Due", "Estimate", "Severity", "Standards", "Subject", "severity_of"]

"""Ingest: events in, stored once at the level that reported them."""

from bot.tracking.ingest.objects import BadRow, read_object, row_of
from bot.tracking.ingest.rows import Counts, EventRow, Rejected
from bot.tracking.ingest.service import Ingest, ObjectError, known_partners

__all__ = [
    "BadRow", "Counts", "EventRow", "Ingest", "ObjectError", "Rejected", "known_partners",
    "read_object", "row_of",
]  # fmt: skip

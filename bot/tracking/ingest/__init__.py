"""Ingest: events in, stored once at the level that reported them."""

from bot.tracking.ingest.objects import BadRow, row_of
from bot.tracking.ingest.rows import Counts, EventRow, Ref, Rejected, parse_ref
from bot.tracking.ingest.service import Ingest, ObjectError, check_partner, known_partners

__all__ = [
    "BadRow", "Counts", "EventRow", "Ingest", "ObjectError", "Ref", "Rejected", "check_partner", "known_partners",
    "parse_ref", "row_of",
]

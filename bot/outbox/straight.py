"""The short way out: an answer stored as leased by the transaction that closes its question, then sent at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from bot.outbox.claim import LeasedRow
from bot.outbox.message import OutgoingMessage


@dataclass(frozen=True, slots=True)
class Handover:
    """A stored message this process has leased already."""

    row: LeasedRow


class StraightOut(Protocol):
    """What the inbox's workers need of the sender."""

    def enqueue_straight(self, conn: Connection, message: OutgoingMessage, now: datetime) -> Handover | None:
        """Store a message; leased when nothing stands in its way, else it waits for a claim like any other (None)."""

    def take(self, handover: Handover) -> None:
        """Send a message that was stored as leased. Called after its commit."""

"""The short way out: an answer stored as leased by the transaction that closes its question, then sent at once."""

from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from bot.contracts import Capabilities
from bot.outbox import pace
from bot.outbox.enqueue import TOPIC, Place, insert_row, new_row, take_place
from bot.outbox.leased import LeasedRow, from_new
from bot.outbox.message import OutgoingMessage
from bot.store import announce
from bot.tokens import Tokens

_TOKENS = Tokens()


class Handover(NamedTuple):
    """A stored message this process has leased already."""

    row: LeasedRow


class StraightOut(Protocol):
    """What the inbox's workers need of the sender."""

    def enqueue_straight(self, conn: Connection, message: OutgoingMessage, now: datetime) -> Handover | None:
        """Store a message; leased when nothing stands in its way, else it waits for a claim like any other (None)."""

    def take(self, handover: Handover) -> None:
        """Send a message that was stored as leased. Called after its commit."""


class Channels(Protocol):
    """Which adapter instances could send a message this very moment."""

    def capabilities_if_free(self, adapter: str) -> Capabilities | None:
        """What the instance bears; None when it is not ours or has no room."""


def enqueue_leased(
    conn: Connection, message: OutgoingMessage, channels: Channels, *, now: datetime, lease: timedelta
) -> Handover | None:
    """Store a message, leased when it may go out at once; None when it waits for a claim, or was stored before."""
    place = take_place(conn, message.conversation_id, message.queue)
    row = new_row(message, place, now)
    if _may_go(conn, message, place, channels, now):
        row["state"], row["attempts"], row["lease_token"] = "leased", 1, _TOKENS.new()
        row["available_at"] = now + lease
    row_id = insert_row(conn, row)
    if row_id is None:
        return None
    if row["state"] == "leased":
        return Handover(from_new(message, place, row, row_id, now))
    announce(conn, TOPIC)
    return None


def _may_go(conn: Connection, message: OutgoingMessage, place: Place, channels: Channels, now: datetime) -> bool:
    if message.queue != "reply" or place.waiting or place.broken:
        return False
    if message.available_at is not None and message.available_at > now:
        return False
    if place.closed_until is not None and place.closed_until > now:
        return False
    capabilities = channels.capabilities_if_free(place.address.adapter)
    return capabilities is not None and now >= pace.take_one(
        conn, adapter=place.address.adapter, conversation_id=message.conversation_id,
        message_class=message.message_class, capabilities=capabilities, now=now,
    )

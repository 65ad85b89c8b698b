"""One attempt: the adapter is given its time, and every way it can end becomes an outcome."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.contracts import Adapter, DeliveryOutcome, NotStored, OutboundMessage, Retry, Uncertain
from bot.outbox.leased import LeasedRow

log = logging.getLogger(__name__)

SEND_SECONDS = 10.0
SEND_FILES_SECONDS = 120.0
"""Uploads take longer; leases of what is in flight are renewed meanwhile."""
LATE_REPLY = timedelta(minutes=5)
"""An answer that comes later than this names the time of its question."""

LateNote = Callable[[OutboundMessage, datetime, str], OutboundMessage]
"""Adds the time of the question to an answer that comes late; gets the message, that time and the language."""


def as_asked(message: OutboundMessage, asked_at: datetime, language: str) -> OutboundMessage:  # noqa: ARG001
    """Says nothing of the delay."""
    return message


async def deliver(adapter: Adapter, row: LeasedRow, *, now: datetime, late_note: LateNote) -> DeliveryOutcome:
    """Let an adapter send one message. Raises nothing but its own cancellation."""
    seconds = SEND_FILES_SECONDS if any(card.files for card in row.message.cards) else SEND_SECONDS
    message = _as_late_as_it_is(row, now, late_note)
    try:
        async with asyncio.timeout(seconds):
            return await adapter.send(message)
    except TimeoutError:
        return Uncertain(f"no answer within {seconds:g} s")
    except NotStored as error:  # a file it carries could not be made now; adapters ask for it before they send
        return Retry(f"the store cannot be read now: {error}", "store")
    except Exception as error:  # an adapter's defect must not stop the messages of the others
        log.exception("adapter %s failed to send", row.message.conversation.adapter)
        return Uncertain(f"the adapter failed: {type(error).__name__}")


def _as_late_as_it_is(row: LeasedRow, now: datetime, late_note: LateNote) -> OutboundMessage:
    if row.asked_at is None or now - row.asked_at <= LATE_REPLY:
        return row.message
    try:
        return late_note(row.message, row.asked_at, row.language)
    except Exception:  # a person who has waited for so long gets the answer all the same
        log.exception("outbox: O-%d goes out without saying that it is late", row.id)
        return row.message

"""The outbox: durable sending, at least once, in order within a conversation's queue."""

from bot.outbox.enqueue import enqueue
from bot.outbox.message import MessageClass, OutgoingMessage

__all__ = ["MessageClass", "OutgoingMessage", "enqueue"]

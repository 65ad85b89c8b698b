"""The outbox: durable sending, at least once, in order within a conversation's queue."""

from bot.outbox.enqueue import enqueue
from bot.outbox.message import MessageClass, OutgoingMessage
from bot.outbox.sender import Sender
from bot.outbox.straight import Handover, StraightOut

__all__ = ["Handover", "MessageClass", "OutgoingMessage", "Sender", "StraightOut", "enqueue"]

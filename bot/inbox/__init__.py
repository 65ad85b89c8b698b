"""The inbox: stored, then acknowledged, then worked on; one queue per conversation."""

from bot.inbox.item import Closing, Fallback, Handler, InboxItem, NotYet
from bot.inbox.receive import Inbox
from bot.inbox.workers import Workers

__all__ = ["Closing", "Fallback", "Handler", "Inbox", "InboxItem", "NotYet", "Workers"]

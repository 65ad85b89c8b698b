"""The short way: what was just stored goes on without a claim of its own."""

from collections.abc import Generator
from typing import NamedTuple

from sqlalchemy import Connection

from bot.inbox.item import Closing, InboxItem
from bot.outbox import Handover


class Leased(NamedTuple):
    """An item this process may work on, until somebody else finds its lease ended."""

    item: InboxItem
    token: str


class Closed(NamedTuple):
    """What came of closing a message."""

    ours: bool
    """False: somebody else had leased it meanwhile, so nothing of ours was written."""
    handovers: tuple[Handover, ...] = ()
    following: Leased | None = None
    """The message that comes next in the conversation, leased to us."""


class Straight:
    """Where messages may go on: the workers of this process."""

    def has_room(self) -> bool:
        """Whether one more message would be worked on at once."""
        return False

    def answer_at_once(self, conn: Connection, item: InboxItem) -> Generator[None, None, Closing | None]:
        """See `Handler.answer_at_once`. What it raises ends the transaction."""
        raise NotImplementedError

    def close(self, conn: Connection, leased: Leased, answer: Closing) -> Closed:
        """Close a message with its answer, in the transaction that stores it."""
        raise NotImplementedError

    def closed(self, closed: Closed) -> None:
        """Send the answer, and go on with the conversation. Called after the commit of `close`."""

    def take(self, leased: Leased) -> None:
        """Work on a message that was stored as leased. Called after its commit."""

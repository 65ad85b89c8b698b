"""What a worker gets from the inbox, and what it gives back."""

from collections.abc import Callable, Generator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from bot.contracts import InboundMessage
from bot.outbox import OutgoingMessage


class InboxItem(NamedTuple):
    """One stored message, leased to this process."""

    id: int
    conversation_id: int
    message: InboundMessage
    received_at: datetime
    """When we stored it, UTC."""
    attempt: int
    """1 for the first handling; more after a failure or a crash."""
    takes_longer: bool = False
    """`answer_at_once` has looked at it and left it to `handle`."""


class NotYet(Exception):
    """A message cannot be handled now, through no fault of its own: it is put off, and the attempt does not count."""

    def __init__(self, reason: str, *, wait: timedelta) -> None:
        super().__init__(reason)
        self.wait = wait


def nothing(conn: Connection) -> Sequence[OutgoingMessage]:  # noqa: ARG001 - the shape of a closing unit
    """A closing that changes nothing and answers nothing."""
    return ()


class Closing(NamedTuple):
    """What the transaction that closes the message does besides.

    `apply` may be run more than once (each time in a fresh transaction), so it must have no effect but on its
    connection. The messages it returns are put into the outbox in the same transaction.
    """

    apply: Callable[[Connection], Sequence[OutgoingMessage]] = nothing
    outcome: str | None = None
    """What the message was taken for, as JSON: intent, slots, language, why. Kept for the audit and the chat API."""
    brief: bool = True
    """`apply` touches a few rows by their keys (see `Store.write`)."""


class Handler(Protocol):
    """Who works on messages."""

    async def handle(self, item: InboxItem) -> Closing:
        """Decide about one message. No transaction is open while it runs; what it raises is a failed attempt.

        `NotYet` alone is none: the message waits for as long as it says.
        """

    def answer_at_once(
        self, conn: Connection, item: InboxItem  # noqa: ARG002
    ) -> Generator[None, None, Closing | None]:
        """Decide about a message in the transaction that stores it, in about a millisecond, changing nothing.

        None, as here: `handle` must do it. A unit in parts (see `Store.write_in_parts`), so it may be run again after
        a rollback.
        """
        yield from ()
        return None


Fallback = Callable[[InboxItem], OutgoingMessage | None]
"""The apology for a message that could not be answered, None where nobody waits for an answer."""

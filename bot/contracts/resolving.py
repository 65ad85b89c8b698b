"""Finding out who wrote where the platform has to be asked: once the message is stored, and before it is handled."""

from typing import Protocol, runtime_checkable

from bot.contracts.messages import InboundMessage


class NotResolved(Exception):
    """The platform does not say now; the text says why, for operators. The message waits and is asked about again."""


@runtime_checkable
class ResolvesSenders(Protocol):
    """An adapter whose messages may come in with `Sender.unresolved`."""

    async def resolve(self, message: InboundMessage) -> InboundMessage:
        """The message with a sender who is known, perhaps as an outsider. Raises `NotResolved`."""

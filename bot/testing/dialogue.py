"""Tests that read like a dialogue: what the person says, what must be in the answer."""

from dataclasses import dataclass
from typing import Self

from bot.contracts import Card, ChatAdapter, ChatFile, OutboundMessage, as_text


@dataclass(frozen=True, slots=True)
class Heard:
    """What was answered to one saying."""

    said: str
    replies: tuple[OutboundMessage, ...]

    @property
    def cards(self) -> tuple[Card, ...]:
        """Every card of every reply."""
        return tuple(card for reply in self.replies for card in reply.cards)

    @property
    def text(self) -> str:
        """The cards as plain text."""
        return "\n\n".join(as_text(card) for card in self.cards)

    def has(self, *parts: str) -> Self:
        """Fails, showing the answer, when a part is missing from it."""
        for part in parts:
            assert part in self.text, f"to {self.said!r} the answer lacks {part!r}:\n{self.text}"
        return self

    def lacks(self, *parts: str) -> Self:
        """Fails, showing the answer, when a part is in it."""
        for part in parts:
            assert part not in self.text, f"to {self.said!r} the answer must not have {part!r}:\n{self.text}"
        return self


class Dialogue:
    """One person who talks to the service through an adapter that can be asked."""

    def __init__(self, chat: ChatAdapter, contact: str, *, wait_seconds: float = 10.0) -> None:
        self._chat = chat
        self._contact = contact
        self._wait_seconds = wait_seconds

    async def says(self, text: str, *files: ChatFile) -> Heard:
        """Say something and hear the answer. Fails when there is none in time."""
        exchange = await self._chat.ask(self._contact, text, files, wait_seconds=self._wait_seconds)
        assert exchange.complete, f"no answer to {text!r} within {self._wait_seconds} s"
        return Heard(text, exchange.replies)

"""Tells a chat whose message is closed without an answer, so that nobody waits for one."""

from collections.abc import Generator, Mapping

from sqlalchemy import Connection

from bot.contracts import Adapter, ChatAdapter
from bot.inbox import Closing, Handler, InboxItem
from bot.inbox.item import nothing


class Settling:
    """A handler around the one that decides; implements `bot.inbox.Handler`."""

    def __init__(self, inner: Handler, adapters: Mapping[str, Adapter]) -> None:
        self._inner = inner
        self._chats = {name: adapter for name, adapter in adapters.items() if isinstance(adapter, ChatAdapter)}

    async def handle(self, item: InboxItem) -> Closing:
        """See `Handler`."""
        closing = await self._inner.handle(item)
        if closing.apply is nothing and (chat := self._chats.get(item.message.conversation.adapter)) is not None:
            chat.settle(item.message.message_id)
        return closing

    def answer_at_once(self, conn: Connection, item: InboxItem) -> Generator[None, None, Closing | None]:
        """See `Handler`; a message without an answer is left to `handle`, which settles it."""
        closing = yield from self._inner.answer_at_once(conn, item)
        return None if closing is None or closing.apply is nothing else closing

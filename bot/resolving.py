"""Who wrote is found out before a message is handled; while the platform does not say, the message waits."""

import logging
from collections.abc import Generator, Mapping
from datetime import timedelta

from sqlalchemy import Connection

from bot.clock import Clock
from bot.contracts import Adapter, NotResolved, ResolvesSenders
from bot.inbox import Closing, Handler, InboxItem, NotYet

log = logging.getLogger(__name__)

LEAST_WAIT, MOST_WAIT = timedelta(seconds=2), timedelta(minutes=5)
"""Between two tries: half of the message's age, within these."""
GIVEN_UP_AFTER = timedelta(days=1)
"""Then whoever wrote counts as the outsider an unknown sender is."""


class Resolving:
    """A handler around the one that decides; implements `bot.inbox.Handler`."""

    def __init__(self, inner: Handler, adapters: Mapping[str, Adapter], clock: Clock) -> None:
        self._inner = inner
        self._askable = {name: adapter for name, adapter in adapters.items() if isinstance(adapter, ResolvesSenders)}
        self._clock = clock

    async def handle(self, item: InboxItem) -> Closing:
        """See `Handler`. Raises `NotYet` while nobody says who wrote."""
        return await self._inner.handle(await self._resolved(item) if item.message.sender.unresolved else item)

    def answer_at_once(self, conn: Connection, item: InboxItem) -> Generator[None, None, Closing | None]:
        """See `Handler`; whoever must be found out first is left to `handle`."""
        if item.message.sender.unresolved:
            return None
        return (yield from self._inner.answer_at_once(conn, item))

    async def _resolved(self, item: InboxItem) -> InboxItem:
        adapter = self._askable.get(item.message.conversation.adapter)
        if adapter is None:
            return item
        try:
            return item._replace(message=await adapter.resolve(item.message))
        except NotResolved as error:
            age = self._clock.now() - item.received_at
            if age < GIVEN_UP_AFTER:
                raise NotYet(str(error), wait=min(max(age / 2, LEAST_WAIT), MOST_WAIT)) from None
            log.error("inbox: nobody says who wrote message %d, who counts as an outsider: %s", item.id, error)
            return item

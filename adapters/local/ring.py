"""The recent lines of each conversation, bounded, and those who follow it live."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count, takewhile

from bot.contracts import ChatEntry, OfferedFile, OutboundMessage

KEPT_ENTRIES = 200
KEPT_CONVERSATIONS = 1_000


@dataclass(slots=True)
class Ring:
    """One conversation: its latest entries, and who waits for the next."""

    take_number: Callable[[], int]
    entries: OrderedDict[str, ChatEntry] = field(default_factory=OrderedDict)
    """By the id of their message, in the order of their numbers."""
    followers: set[asyncio.Event] = field(default_factory=set)

    def add(
        self, *, at: datetime, message_id: str, said: str | None = None, message: OutboundMessage | None = None,
        files: tuple[OfferedFile, ...] = (),
    ) -> bool:  # fmt: skip
        """Append a line and wake the followers; False when a line with that id is there already."""
        if message_id in self.entries:
            return False
        self.entries[message_id] = ChatEntry(self.take_number(), at, message_id, said, message, files)
        if len(self.entries) > KEPT_ENTRIES:
            self.entries.popitem(last=False)
        self._wake()
        return True

    def change(self, message_id: str, message: OutboundMessage) -> bool:
        """Have a line of ours say something else, where it stands; False when it is not there."""
        entry = self.entries.get(message_id)
        if entry is None or entry.message is None:
            return False
        self.entries[message_id] = replace(entry, number=self.take_number(), message=message)
        self.entries.move_to_end(message_id)
        self._wake()
        return True

    def _wake(self) -> None:
        for follower in self.followers:
            follower.set()

    def above(self, number: int) -> list[ChatEntry]:
        """Entries with a higher number; all of them when the number is from a time that was later than ours."""
        newest = next(reversed(self.entries.values()), None)
        after = 0 if newest is None or number > newest.number else number
        return list(takewhile(lambda entry: entry.number > after, reversed(self.entries.values())))[::-1]


class Rings:
    """Rings by conversation; those nobody follows are forgotten, the longest unused first."""

    def __init__(self, limit: int = KEPT_CONVERSATIONS) -> None:
        self._limit = limit
        self._rings: OrderedDict[str, Ring] = OrderedDict()
        self._numbers = count(1)
        self._closed = False

    def open(self, now: datetime) -> None:
        """Followers wait for news from now on. Numbers start at the instant, so that they grow over restarts too."""
        self._numbers = count(int(now.timestamp() * 1000))
        self._closed = False

    def get(self, external_id: str) -> Ring:
        """The conversation's ring, made when it is new."""
        ring = self._rings.get(external_id)
        if ring is None:
            ring = self._rings[external_id] = Ring(lambda: next(self._numbers))
            self._forget()
        self._rings.move_to_end(external_id)
        return ring

    async def follow(self, external_id: str, after: int) -> AsyncIterator[ChatEntry]:
        """Entries above `after`, then each new one; ends when the rings are closed."""
        ring, news = self.get(external_id), asyncio.Event()
        ring.followers.add(news)
        try:
            while True:
                news.clear()
                for entry in ring.above(after):
                    yield entry
                    after = entry.number
                if self._closed:
                    return
                await news.wait()
        finally:
            ring.followers.discard(news)

    def close(self) -> None:
        """End every `follow`, once it has shown what there is."""
        self._closed = True
        for ring in self._rings.values():
            for follower in ring.followers:
                follower.set()

    @property
    def followers(self) -> int:
        """How many follow at present."""
        return sum(len(ring.followers) for ring in self._rings.values())

    def __len__(self) -> int:
        return len(self._rings)

    def _forget(self) -> None:
        """Down to the limit, sparing the newest and everything that is followed."""
        if len(self._rings) <= self._limit:
            return
        for external_id in list(self._rings)[:-1]:
            if not self._rings[external_id].followers:
                del self._rings[external_id]
                return

"""Several processes on one PostgreSQL: they share the work and the pace, and nothing goes out twice."""

import asyncio
from collections import Counter

from bot.clock import MovableClock
from bot.outbox import Sender
from bot.store import Store, open_store
from tests.outbox.channel import NOW, Channel, outgoing, put, states, talks, until

REPLICAS = 3


async def test_replicas_share_the_work_and_send_nothing_twice(postgres_store: Store, postgres_url: str) -> None:
    places = await talks(postgres_store, 20)
    for number in range(5):
        await put(postgres_store, *(outgoing(place, f"{place}:{number}") for place in places))
    stores = [open_store(postgres_url) for _ in range(REPLICAS)]
    channels = [Channel() for _ in stores]
    senders = [
        Sender(store, MovableClock(NOW), {"chat": chat}) for store, chat in zip(stores, channels, strict=True)
    ]
    await asyncio.gather(*(sender.start() for sender in senders))
    await until(lambda: sum(sender.counts["sent"] for sender in senders) == 100)
    await asyncio.gather(*(sender.stop() for sender in senders))
    sent = Counter(title for chat in channels for title in chat.titles)
    assert set(sent.values()) == {1}
    assert len(sent) == 100
    assert set((await states(postgres_store)).values()) == {"sent"}
    for store in stores:
        await store.close()


async def test_replicas_together_keep_the_pace_of_a_channel(postgres_store: Store, postgres_url: str) -> None:
    places = await talks(postgres_store, 20)
    await put(postgres_store, *(outgoing(place, f"alert {place}", 2) for place in places))
    stores = [open_store(postgres_url) for _ in range(REPLICAS)]
    channels = [Channel(sends_per_minute=6, reserved_per_minute=1) for _ in stores]
    senders = [
        Sender(store, MovableClock(NOW), {"chat": chat}) for store, chat in zip(stores, channels, strict=True)
    ]
    await asyncio.gather(*(sender.start() for sender in senders))
    await until(lambda: sum(sender.counts["sent"] for sender in senders) == 5)
    await put(postgres_store, outgoing(places[-1], "answer"))
    await until(lambda: sum(sender.counts["sent"] for sender in senders) == 6)
    await asyncio.gather(*(sender.stop() for sender in senders))
    assert sum(len(chat.got) for chat in channels) == 6
    for store in stores:
        await store.close()

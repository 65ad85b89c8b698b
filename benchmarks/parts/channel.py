"""What measuring a channel needs: many calls under way, a store of its own, a host."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from bot.clock import SystemClock
from bot.contracts import InboundMessage, Receipt
from bot.host import Host
from bot.inbox import Inbox
from bot.store import Store, open_store
from bot.store.migrate import upgrade
from bot.testing.state import MemoryState

AT_ONCE = 64


async def rate(one: Callable[[int], Awaitable[None]], total: int) -> float:
    """Calls a second with so many under way."""
    left = iter(range(total))

    async def worker() -> None:
        for index in left:
            await one(index)

    begun = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return total / (time.perf_counter() - begun)


def host_for(inbox: Inbox | None = None) -> Host:
    """A host with a real inbox, or one that hears nothing."""
    state = MemoryState(SystemClock().now)
    receive = _nothing if inbox is None else inbox.receive_for_adapter
    return Host(SystemClock(), public_url="https://bridge.example", receive=receive, state=lambda _: state)


async def made(url: str) -> Store:
    """A store with every table."""
    store = open_store(url)
    await upgrade(store)
    return store


def median(ratios: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    """Ratio, ours and floor of the round in the middle."""
    return sorted(ratios)[len(ratios) // 2]


async def _nothing(message: InboundMessage) -> Receipt:
    raise AssertionError(f"nothing is received here, but {message.message_id}")

"""What measuring a channel needs: many calls under way, a store of its own, a host, and a floor to stand beside."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path

from bot.cli.running import collect_rarely
from bot.clock import SystemClock
from bot.contracts import Card, Field, InboundMessage, Receipt, Step
from bot.host import Host
from bot.inbox import Inbox
from bot.store import Store, open_store
from bot.store.migrate import upgrade
from bot.testing.state import MemoryState

AT_ONCE = 64
CARD = Card(
    language="zh-Hans", title="LX123456785CN · 清关中（列日）", text=("今天 14:20（北京时间）开始进口清关",),
    fields=(Field(label="航班", value="CV7911 昨天 22:05 到达列日，晚点 3 小时"),),
    timeline=(Step(when="11月24日 10:12", what="到达", where="列日"),), footer="数据截至 15:02",
)
"""What is sent again and again."""

Beside = tuple[float, float, float]
"""Ratio, ours and floor, of the round in the middle."""


def in_turn(*stages: Callable[[Path], Coroutine[object, object, None]]) -> None:
    """Stage after stage, each in a loop of its own with a folder for its files; objects are freed as in service."""
    collect_rarely()
    with tempfile.TemporaryDirectory() as folder:
        for stage in stages:
            asyncio.run(stage(Path(folder)))


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


async def beside(
    floor: Callable[[int], Awaitable[float]], ours: Callable[[int], Awaitable[float]], *, rounds: int
) -> Beside:
    """So many rounds of both, each given its number."""
    found = []
    for turn in range(rounds):
        low, high = await floor(turn), await ours(turn)
        found.append((high / low, high, low))
    return sorted(found)[rounds // 2]


def tell(what: str, words: str, middle: Beside) -> None:
    """Print the figures; the words say what we did, and what the floor does."""
    ratio, ours, floor = middle
    print(f"{what}: {ours:.0f} {words} {floor:.0f}/s; ratio {ratio:.2f} (must be at least 0.6)")


async def _nothing(message: InboundMessage) -> Receipt:
    raise AssertionError(f"nothing is received here, but {message.message_id}")

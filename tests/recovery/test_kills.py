"""Processes are killed at any instant between webhook and receipt: nothing is lost, nothing out of order."""

import asyncio
import os
import random
import signal
from collections import Counter

import pytest

from bot.store import Store
from tests.recovery.world import World, a_world, free_port, until

pytestmark = pytest.mark.recovery

KILLS = 20
CONVERSATIONS = 12
LOAD = 12
"""Answers that arrive between two kills, at least."""
SEED = 20261125


def duplicates(world: World) -> Counter[str]:
    """How often each message arrived more than once."""
    return Counter({key: count - 1 for key, count in Counter(a.id for a in world.sink.arrived).items() if count > 1})


async def assert_nothing_lost_or_out_of_order(world: World) -> None:
    await world.all_answered()
    await world.settled()
    for place, numbers in world.sink.by_conversation().items():
        assert numbers == sorted(numbers), f"{place} got its answers out of order"
        assert sorted(set(numbers)) == list(range(world.acknowledged[place])), f"{place} lost a message"
    excused = Counter(key for key, outcome in await world.outcomes() if outcome != "sent")
    assert duplicates(world) <= excused, "a message arrived twice and no attempt tells why"


async def test_twenty_kills_under_load(store: Store, store_url: str) -> None:
    dice, over = random.Random(SEED), asyncio.Event()
    async with a_world(store_url, SEED) as world:
        world.start()
        talking = [asyncio.create_task(world.talk(f"c{n}", over)) for n in range(CONVERSATIONS)]
        for _ in range(KILLS):
            arrived = len(world.sink.arrived)
            await until(lambda arrived=arrived: len(world.sink.arrived) >= arrived + LOAD)  # type: ignore[misc]
            await asyncio.sleep(dice.uniform(0, 0.2))
            await world.stop(signal.SIGKILL)
            world.start()
        over.set()
        await asyncio.gather(*talking)
        await assert_nothing_lost_or_out_of_order(world)
        assert sum(duplicates(world).values()) <= KILLS * CONVERSATIONS
        assert sum(world.acknowledged.values()) >= KILLS * LOAD * 0.8


@pytest.mark.parametrize(
    ("window", "copies"),
    [
        ("inside Inbox._storing", 1),  # before the ingest commit: the platform delivers again
        ("after Inbox._storing", 1),  # stored, not acknowledged: delivered again, known
        ("inside close", 1),  # before the answer is written: the question is worked on again
        ("after close", 1),  # the answer is leased, not sent
        ("before request", 1),  # claimed, not requested
        ("after request", 2),  # requested, not written down: the one duplicate there can be
        ("inside finish", 2),
        ("after finish", 1),
    ],
)
async def test_each_crash_window(store: Store, store_url: str, window: str, copies: int) -> None:
    async with a_world(store_url, SEED) as world:
        world.start(window, lease=0.5)
        delivering = asyncio.create_task(world.deliver("c", 0))
        await world.gone()
        world.start(lease=0.5)
        await delivering
        await world.deliver("c", 1)
        await assert_nothing_lost_or_out_of_order(world)
        assert world.sink.by_conversation()["c"] == [0] * copies + [1]
        assert [one.resent for one in world.sink.arrived[1:copies]] == [True] * (copies - 1)


@pytest.mark.parametrize("window", ["inside Inbox._storing_and_answering", "after Inbox._storing_and_answering"])
async def test_a_crash_where_a_message_is_answered_as_it_is_stored(store: Store, store_url: str, window: str) -> None:
    async with a_world(store_url, SEED) as world:
        world.start(window, lease=0.5)
        await world.deliver("c", 0)  # from here on the process knows the conversation
        await world.settled()
        delivering = asyncio.create_task(world.deliver("c", 1))
        await world.gone()
        world.start(lease=0.5)
        await delivering
        await assert_nothing_lost_or_out_of_order(world)
        assert world.sink.by_conversation()["c"] == [0, 1]


async def test_a_worker_that_is_paused_longer_than_its_lease_is_overtaken(store: Store, store_url: str) -> None:
    async with a_world(store_url, SEED) as world:
        world.sink.slow = asyncio.Event()
        paused = world.start(lease=0.5)
        await world.deliver("c", 0)
        await until(lambda: len(world.sink.arrived) == 1)
        assert paused.pid is not None
        os.kill(paused.pid, signal.SIGSTOP)
        world.sink.slow.set()
        world.start(port=free_port(), lease=0.5)
        await until(lambda: len(world.sink.arrived) == 2)
        await world.settled()
        os.kill(paused.pid, signal.SIGCONT)
        await until_outcome(world, "late_finish")
        os.kill(paused.pid, signal.SIGKILL)
        assert sorted(outcome for _, outcome in await world.outcomes()) == ["late_finish", "sent"]


async def until_outcome(world: World, wanted: str) -> None:
    async with asyncio.timeout(10):
        while wanted not in {outcome for _, outcome in await world.outcomes()}:
            await asyncio.sleep(0.05)


async def test_stopping_under_load_loses_nothing_and_repeats_nothing(store: Store, store_url: str) -> None:
    over = asyncio.Event()
    async with a_world(store_url, SEED) as world:
        world.start()
        talking = [asyncio.create_task(world.talk(f"c{n}", over)) for n in range(CONVERSATIONS)]
        for _ in range(4):
            arrived = len(world.sink.arrived)
            await until(lambda arrived=arrived: len(world.sink.arrived) > arrived + 20)  # type: ignore[misc]
            await world.stop(signal.SIGTERM)
            world.start()
        over.set()
        await asyncio.gather(*talking)
        await assert_nothing_lost_or_out_of_order(world)
        assert duplicates(world) == Counter()
        assert {outcome for _, outcome in await world.outcomes()} == {"sent"}

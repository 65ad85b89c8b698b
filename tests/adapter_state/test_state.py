"""What an adapter keeps is there for the next process, belongs to its instance, and ends when it was to end."""

import asyncio
from datetime import timedelta

import pytest

from bot.adapter_state import StoredState, forget_expired
from bot.contracts import NotStored
from bot.store import Store, open_store
from bot.testing import MovableClock, RecordingHost
from bot.testing.messages import WHEN


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(WHEN)


async def test_what_was_put_is_found_by_the_same_instance_alone(store: Store, clock: MovableClock) -> None:
    state = StoredState(store, clock, "ding")
    assert await state.get("direct:cid1") is None
    await state.put("direct:cid1", "manager8821")
    await state.put("direct:cid1", "经理")
    assert await StoredState(store, clock, "ding").get("direct:cid1") == "经理"
    assert await StoredState(store, clock, "slack").get("direct:cid1") is None
    await state.drop("direct:cid1")
    assert await state.get("direct:cid1") is None


async def test_counts_of_several_processes_add_up(store: Store, clock: MovableClock) -> None:
    states = [StoredState(store, clock, "ding") for _ in range(5)]
    sums = await asyncio.gather(*(state.count("calls:2026-11", 3) for state in states))
    assert sorted(sums) == [3, 6, 9, 12, 15]
    assert await states[0].count("calls:2026-11", 0) == 15


async def test_what_has_ended_is_not_found_and_is_cleared_away(store: Store, clock: MovableClock) -> None:
    state = StoredState(store, clock, "ding")
    await state.put("card:1", "x", until=WHEN + timedelta(hours=1))
    await state.put("card:2", "y")
    assert await state.get("card:1") == "x"
    clock.advance(timedelta(hours=1))
    assert await state.get("card:1") is None
    assert await store.write(lambda conn: forget_expired(conn, clock.now())) == 1
    assert await state.get("card:2") == "y"


async def test_a_store_that_cannot_is_told_as_not_stored(sqlite_url: str, clock: MovableClock) -> None:
    sqlite_store = open_store(sqlite_url)
    await sqlite_store.close()
    with pytest.raises(NotStored):
        await StoredState(sqlite_store, clock, "ding").put("a", "b")
    with pytest.raises(NotStored):
        await StoredState(sqlite_store, clock, "ding").count("a")


async def test_the_shipped_host_keeps_the_same_way(clock: MovableClock) -> None:
    state = RecordingHost(clock).state("ding")
    await state.put("k", "v", until=WHEN + timedelta(hours=1))
    assert await state.count("n", 2) == 2
    assert await state.count("n") == 3
    assert await state.get("k") == "v"
    clock.advance(timedelta(hours=1))
    assert await state.get("k") is None
    await state.drop("n")
    assert await state.count("n") == 1

"""Turns by key: in the order of asking, side by side for different keys, and nothing is kept of who has gone."""

import asyncio

from adapters.dingtalk.ordered import Ordered
from adapters.dingtalk.persons import Persons
from bot.contracts import AdapterState, ConversationKind, InboundMessage, NotStored, Sender
from bot.testing import MovableClock, RecordingHost, inbound
from bot.testing.state import MemoryState
from tests.adapters.dingtalk.samples import NOW


async def test_turns_are_given_in_the_order_of_asking_and_forgotten() -> None:
    ordered, done = Ordered(), list[str]()
    go_on = asyncio.Event()

    async def work(key: str, name: str, *, waits: bool = False) -> None:
        async with ordered.turn(key):
            if waits:
                await go_on.wait()
            done.append(name)

    tasks = [asyncio.create_task(work("a", "a1", waits=True)), asyncio.create_task(work("a", "a2")),
             asyncio.create_task(work("b", "b1"))]
    await tasks[2]
    assert (done, len(ordered)) == (["b1"], 1)
    go_on.set()
    await asyncio.gather(*tasks)
    assert (done, len(ordered)) == (["b1", "a1", "a2"], 0)


async def test_who_fails_or_gives_up_does_not_keep_the_others_waiting() -> None:
    ordered, entered = Ordered(), list[int]()

    async def work(number: int) -> None:
        async with ordered.turn("a"):
            entered.append(number)
            await asyncio.sleep(0)
            if number == 0:
                raise ValueError

    tasks = [asyncio.create_task(work(number)) for number in range(4)]
    await asyncio.sleep(0)
    tasks[2].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (entered, len(ordered)) == ([0, 1, 3], 0)


def direct(person: str, **more: object) -> InboundMessage:
    asked = inbound("hi", adapter="d", conversation="cid1", sender=Sender(external_id=person), **more)
    return asked.model_copy(update={"conversation": asked.conversation.model_copy(
        update={"kind": ConversationKind.DIRECT})})


async def test_whom_a_chat_is_held_with_is_kept_once_and_kept_right() -> None:
    async with RecordingHost(MovableClock(NOW)) as host:
        persons, state = Persons(), host.state("d")
        await persons.note(direct("manager%2F1"), host)
        assert await Persons().of("cid1", state) == "manager/1"
        await persons.note(direct("outsider/$:x"), host)
        await persons.note(direct("dingother/staff1"), host)
        assert await persons.of("cid1", state) == "manager/1"
        await persons.note(direct("manager2"), host)
        assert await Persons().of("cid1", state) == "manager2"
        assert await persons.of("cid2", state) is None


class Closed(MemoryState):
    """A store that does not answer."""

    async def get(self, key: str) -> str | None:
        raise NotStored(key)


class ClosedHost(RecordingHost):
    def state(self, adapter: str) -> AdapterState:
        return Closed(self.now)


async def test_a_store_that_does_not_answer_costs_only_the_memory() -> None:
    async with ClosedHost(MovableClock(NOW)) as host:
        await Persons().note(direct("manager1"), host)

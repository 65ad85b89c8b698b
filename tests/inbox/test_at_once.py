"""What is quickly answered is closed in the transaction that stores it, and nothing is lost where that fails."""

import asyncio
from collections.abc import Generator, Sequence

import pytest
from sqlalchemy import Connection, select, update

from bot.clock import MovableClock
from bot.inbox import Closing, InboxItem
from bot.outbox import OutgoingMessage
from bot.outbox.tables import outbox
from bot.people.tables import conversation
from bot.store import Store
from tests.inbox.test_receive import message
from tests.inbox.test_workers import Echo, House, answer, living, rows
from tests.outbox.channel import NOW, settled

SLOW = "slowly"
Thinking = Generator[None, None, Closing | None]


class Quick(Echo):
    """Answers at once, but for what is to be said slowly."""

    def __init__(self) -> None:
        super().__init__()
        self.at_once: list[str] = []

    def answer_at_once(self, conn: Connection, item: InboxItem) -> Thinking:
        if item.message.text == SLOW:
            return None
        yield
        self.at_once.append(item.message.text)
        return Closing(lambda conn: (answer(item),), '{"intent": "quick"}')


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOW)


async def meet(house: House) -> None:
    """From here on the process knows the conversation."""
    await house.inbox.receive(message("m0", "0"))
    await settled(house.sender, 1)


async def test_a_question_in_a_known_conversation_costs_one_transaction(store: Store, clock: MovableClock) -> None:
    handler = Quick()
    async with living(store, handler, clock) as house:
        await meet(house)
        receipt = await house.inbox.receive(message("m1", "1"))
        assert (await rows(store, "id", "state", "outcome", "lease_token", "finished_at"))[1:] == [
            (receipt.inbox_id, "done", '{"intent": "quick"}', None, NOW)
        ]
        await settled(house.sender, 2)
        assert house.channel.titles == ["re: 0", "re: 1"]
        assert ([one.message.text for one in handler.heard], handler.at_once) == (["0"], ["1"])
        assert (house.workers.counts["handled"], house.sender.counts["straight"]) == (2, 2)


async def test_what_takes_longer_is_left_to_the_workers(store: Store, clock: MovableClock) -> None:
    handler = Quick()
    async with living(store, handler, clock) as house:
        await meet(house)
        await house.inbox.receive(message("m1", SLOW))
        await settled(house.sender, 2)
    assert handler.texts == ["0", SLOW]
    assert [item.takes_longer for item in handler.heard] == [False, True], "what was looked at once is not begun anew"


async def test_a_second_copy_is_not_answered_again(store: Store, clock: MovableClock) -> None:
    async with living(store, Quick(), clock) as house:
        await meet(house)
        receipts = await asyncio.gather(*(house.inbox.receive(message("m1", "1")) for _ in range(5)))
        await settled(house.sender, 2)
        assert sorted(one.duplicate for one in receipts) == [False, True, True, True, True]
    assert await store.read(lambda conn: len(conn.execute(select(outbox.c.id)).all())) == 2


async def test_messages_that_arrive_together_are_answered_in_their_order(store: Store, clock: MovableClock) -> None:
    async with living(store, Quick(), clock) as house:
        await meet(house)
        texts = ["1", SLOW, "3", "4"]
        await asyncio.gather(*(house.inbox.receive(message(f"m{n}", text)) for n, text in enumerate(texts, start=1)))
        await settled(house.sender, 5)
        stored = [row[0] for row in await rows(store, "message_id")]
        said = {f"m{n}": f"re: {text}" for n, text in enumerate(texts, start=1)} | {"m0": "re: 0"}
        assert house.channel.titles == [said[one] for one in stored]


async def test_one_behind_a_message_in_work_waits_for_it(store: Store, clock: MovableClock) -> None:
    handler = Quick()
    async with living(store, handler, clock) as house:
        await meet(house)
        handler.gate = asyncio.Event()
        await house.inbox.receive(message("m1", SLOW))
        await house.inbox.receive(message("m2", "2"))
        assert handler.at_once == []
        handler.gate.set()
        await settled(house.sender, 3)
        assert house.channel.titles == ["re: 0", f"re: {SLOW}", "re: 2"]


@pytest.mark.parametrize("where", ["thinking", "closing"])
async def test_a_defect_keeps_no_message_from_being_stored_nor_others_from_their_answers(
    store: Store, clock: MovableClock, where: str
) -> None:
    class Broken(Quick):
        def answer_at_once(self, conn: Connection, item: InboxItem) -> Thinking:
            if item.message.text != "bad":
                return (yield from super().answer_at_once(conn, item))
            if where == "thinking":
                raise ValueError("a defect")
            return Closing(half_way)

    def half_way(conn: Connection) -> Sequence[OutgoingMessage]:
        conn.execute(update(conversation).values(title="half done"))
        raise ValueError("after the change")

    async with living(store, Broken(), clock) as house:
        await meet(house)
        await house.inbox.receive(message("g", "0", place="group-2"))
        await settled(house.sender, 2)
        await asyncio.gather(
            house.inbox.receive(message("m1", "bad")), house.inbox.receive(message("m2", "fine", place="group-2"))
        )
        await settled(house.sender, 4)
        assert sorted(house.channel.titles[2:]) == ["re: bad", "re: fine"]
    assert await store.read(lambda conn: set(conn.scalars(select(conversation.c.title)))) == {None}


async def test_nothing_is_answered_at_once_where_no_worker_has_room(store: Store, clock: MovableClock) -> None:
    handler = Quick()
    async with living(store, handler, clock, concurrency=1) as house:
        await meet(house)
        handler.gate = asyncio.Event()
        await house.inbox.receive(message("m1", SLOW))
        await house.inbox.receive(message("m2", "2", place="group-2"))
        assert handler.at_once == []
        handler.gate.set()
        await settled(house.sender, 3)

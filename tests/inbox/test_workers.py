"""Working on messages: each once, in order, closed together with its answer, whatever goes wrong."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from bot.clock import MovableClock
from bot.contracts import Card, InboundMessage
from bot.inbox import Closing, Handler, Inbox, InboxItem, Workers
from bot.inbox.tables import inbox
from bot.outbox import MessageClass, OutgoingMessage, Sender
from bot.outbox.tables import outbox
from bot.people.tables import conversation
from bot.store import Store, StoreBusy
from tests.inbox.test_receive import message
from tests.outbox.channel import NOW, SECOND, Channel, settled, step, until


def answer(item: InboxItem, text: str = "") -> OutgoingMessage:
    return OutgoingMessage(
        conversation_id=item.conversation_id, queue="reply", message_class=MessageClass.REPLY,
        dedup_key=f"answer:{item.id}", cards=(Card(title=text or f"re: {item.message.text}"),),
    )


class Echo(Handler):
    """Answers what it hears; `before` may fail or wait."""

    def __init__(self, before: Callable[[InboxItem], Any] = lambda item: None) -> None:
        self.heard: list[InboxItem] = []
        self.before = before
        self.gate: asyncio.Event | None = None

    async def handle(self, item: InboxItem) -> Closing:
        self.heard.append(item)
        if self.gate is not None:
            await self.gate.wait()
        self.before(item)
        return Closing(lambda conn: (answer(item),), json.dumps({"intent": "echo"}))

    @property
    def texts(self) -> list[str]:
        return [item.message.text for item in self.heard]


def apology(item: InboxItem) -> OutgoingMessage | None:
    return answer(item, "sorry")


class House:
    """The whole line: way in, workers, sender."""

    def __init__(self, store: Store, handler: Any, clock: MovableClock, **more: Any) -> None:
        self.channel = Channel("local")
        self.sender = Sender(store, clock, {"local": self.channel})
        values: dict[str, Any] = {"adapters": {"local"}, "sender": self.sender, "fallback": apology, **more}
        self.workers = Workers(store, clock, handler, **values)
        self.inbox = Inbox(store, clock, self.workers)

    async def start(self) -> None:
        await self.sender.start()
        await self.workers.start()

    async def stop(self) -> None:
        await self.workers.stop()
        await self.sender.stop()


@asynccontextmanager
async def living(store: Store, handler: Any, clock: MovableClock, **more: Any) -> AsyncIterator[House]:
    house = House(store, handler, clock, **more)
    await house.start()
    try:
        yield house
    finally:
        await house.stop()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOW)


async def rows(store: Store, *names: str) -> Sequence[Any]:
    wanted = select(*(inbox.c[name] for name in names)).order_by(inbox.c.id)
    return [tuple(row) for row in await store.read(lambda conn: conn.execute(wanted).all())]


async def test_a_question_is_answered_without_a_claim_and_its_meaning_is_kept(
    store: Store, clock: MovableClock
) -> None:
    async with living(store, Echo(), clock) as house:
        await house.inbox.receive(message("m1", "到哪了"))
        await settled(house.sender, 1)
        assert house.channel.titles == ["re: 到哪了"]
        assert (house.workers.counts["straight"], house.sender.counts["straight"]) == (1, 1)
    assert await rows(store, "state", "outcome", "lease_token", "finished_at") == [
        ("done", '{"intent": "echo"}', None, NOW)
    ]


async def test_what_an_earlier_run_left_behind_is_worked_on(store: Store, clock: MovableClock) -> None:
    way_in = Inbox(store, clock)  # no workers yet
    for number in range(5):
        await way_in.receive(message(f"m{number}", str(number), place=f"g{number % 2}"))
    handler = Echo()
    async with living(store, handler, clock) as house:
        await settled(house.sender, 5)
    for place in (0, 1):
        assert [int(text) for text in handler.texts if int(text) % 2 == place] == list(range(place, 5, 2))


async def test_messages_of_one_conversation_are_handled_one_after_the_other(store: Store, clock: MovableClock) -> None:
    handler = Echo()
    handler.gate = asyncio.Event()
    async with living(store, handler, clock) as house:
        for number in range(4):
            await house.inbox.receive(message(f"m{number}", str(number)))
        await house.inbox.receive(message("other", "other", place="group-2"))
        await until(lambda: len(handler.heard) == 2)
        assert (handler.texts, house.workers.in_work) == (["0", "other"], 2)
        handler.gate.set()
        await settled(house.sender, 5)
    assert [text for text in handler.texts if text != "other"] == ["0", "1", "2", "3"]
    assert [title for title in house.channel.titles if title != "re: other"] == [f"re: {n}" for n in range(4)]


async def test_more_messages_than_workers_are_all_handled(store: Store, clock: MovableClock) -> None:
    handler = Echo()
    async with living(store, handler, clock, concurrency=2) as house:
        await asyncio.gather(*(house.inbox.receive(message(f"m{n}", str(n), place=f"g{n}")) for n in range(30)))
        await settled(house.sender, 30)
        assert house.workers.in_work == 0
    assert sorted(map(int, handler.texts)) == list(range(30))


async def test_a_failure_is_tried_again_later_and_holds_what_comes_after_it(store: Store, clock: MovableClock) -> None:
    def fail_once(item: InboxItem) -> None:
        if item.message.text == "hard" and item.attempt == 1:
            raise ValueError("not today")

    handler = Echo(fail_once)
    async with living(store, handler, clock) as house:
        await house.inbox.receive(message("m1", "hard"))
        await house.inbox.receive(message("m2", "easy"))
        await until(lambda: house.workers.counts["retried"] == 1 and house.workers.in_work == 0)
        (first, _) = await rows(store, "state", "error", "available_at")
        assert first[:2] == ("ready", "ValueError: not today")
        assert NOW + 2 * SECOND <= first[2] <= NOW + 6 * SECOND
        await step(clock, 6 * SECOND)
        await settled(house.sender, 2)
    assert handler.texts == ["hard", "hard", "easy"]
    assert house.channel.titles == ["re: hard", "re: easy"]


async def test_after_five_attempts_the_person_gets_an_apology_and_the_next_message_its_answer(
    store: Store, clock: MovableClock
) -> None:
    def fail(item: InboxItem) -> None:
        if item.message.text == "hard":
            raise ValueError("never")

    async with living(store, Echo(fail), clock) as house:
        await house.inbox.receive(message("m1", "hard"))
        await house.inbox.receive(message("m2", "easy"))
        for number in range(1, 5):
            await until(lambda number=number: house.workers.counts["retried"] == number)  # type: ignore[misc]
            await step(clock, timedelta(minutes=5, seconds=1))
        await settled(house.sender, 2)
    assert house.channel.titles == ["sorry", "re: easy"]
    assert await rows(store, "state", "attempts", "error") == [
        ("dead", 5, "ValueError: never"), ("done", 1, None)
    ]


async def test_a_message_that_kills_its_workers_ends_up_dead(store: Store, clock: MovableClock) -> None:
    await Inbox(store, clock).receive(message("m1", "killer"))
    died = {"state": "leased", "lease_token": "gone", "attempts": 12, "available_at": NOW - SECOND}
    await store.write(lambda conn: conn.execute(update(inbox).values(died)))
    handler = Echo()
    async with living(store, handler, clock) as house:
        await settled(house.sender, 1)
    assert (handler.heard, house.channel.titles) == ([], ["sorry"])
    assert (await rows(store, "state"))[0] == ("dead",)


async def test_an_apology_that_fails_does_not_hold_the_conversation(store: Store, clock: MovableClock) -> None:
    def no_words(item: InboxItem) -> OutgoingMessage | None:
        raise KeyError("catalog")

    await Inbox(store, clock).receive(message("m1", "killer"))
    await store.write(lambda conn: conn.execute(update(inbox).values(attempts=12)))
    async with living(store, Echo(), clock, fallback=no_words) as house:
        await house.inbox.receive(message("m2", "next"))
        await settled(house.sender, 1)
    assert house.channel.titles == ["re: next"]


async def test_the_lease_of_somebody_who_died_ends_and_the_message_is_handled(
    store: Store, clock: MovableClock
) -> None:
    await Inbox(store, clock).receive(message("m1", "orphan"))
    died = {"state": "leased", "lease_token": "gone", "attempts": 1, "available_at": NOW + 30 * SECOND}
    await store.write(lambda conn: conn.execute(update(inbox).values(died)))
    handler = Echo()
    async with living(store, handler, clock) as house:
        await step(clock, 29 * SECOND)
        assert handler.heard == []
        await step(clock, SECOND)
        await settled(house.sender, 1)
    assert [item.attempt for item in handler.heard] == [2]


async def test_a_long_handling_keeps_its_lease(store: Store, clock: MovableClock) -> None:
    handler = Echo()
    handler.gate = asyncio.Event()
    async with living(store, handler, clock) as house:
        await house.inbox.receive(message("m1"))
        await until(lambda: len(handler.heard) == 1)
        for second in range(1, 5):
            await step(clock, 12 * SECOND)
            await until_lease(store, NOW + (12 * second + 30) * SECOND)
        handler.gate.set()
        await settled(house.sender, 1)
    assert len(handler.heard) == 1


async def until_lease(store: Store, end: Any) -> None:
    async with asyncio.timeout(10):
        while (await rows(store, "available_at"))[0][0] < end:
            await asyncio.sleep(0.002)


async def test_who_lost_the_lease_writes_nothing(store: Store, clock: MovableClock) -> None:
    handler = Echo()
    handler.gate = asyncio.Event()
    async with living(store, handler, clock) as house:
        await house.inbox.receive(message("m1"))
        await until(lambda: len(handler.heard) == 1)
        await store.write(lambda conn: conn.execute(update(inbox).values(lease_token="another")))
        handler.gate.set()
        await until(lambda: house.workers.counts["overtaken"] == 1)
    assert await store.read(lambda conn: conn.execute(select(outbox.c.id)).all()) == []


async def test_a_closing_that_fails_leaves_nothing_of_itself(store: Store, clock: MovableClock) -> None:
    class HalfWay(Handler):
        async def handle(self, item: InboxItem) -> Closing:
            def apply(conn: Connection) -> Sequence[OutgoingMessage]:
                conn.execute(update(conversation).values(title="half done"))
                if item.attempt == 1:
                    raise ValueError("after the change")
                return (answer(item),)

            return Closing(apply)

    async with living(store, HalfWay(), clock) as house:
        await house.inbox.receive(message("m1"))
        await until(lambda: house.workers.counts["retried"] == 1)
        assert await store.read(lambda conn: conn.scalars(select(conversation.c.title)).all()) == [None]
        await step(clock, 6 * SECOND)
        await settled(house.sender, 1)


async def test_a_store_that_cannot_answer_costs_no_attempt(store: Store, clock: MovableClock) -> None:
    troubles = [StoreBusy("busy")] * 7

    def busy(item: InboxItem) -> None:
        if troubles:
            raise troubles.pop()

    async with living(store, Echo(busy), clock) as house:
        await house.inbox.receive(message("m1", "patient"))
        for left in range(6, -1, -1):
            await until(lambda left=left: len(troubles) == left)  # type: ignore[misc]
            await until(lambda: house.workers.in_work == 0)
            await step(clock, SECOND)
        await settled(house.sender, 1)
    assert house.channel.titles == ["re: patient"]
    assert (await rows(store, "state", "attempts")) == [("done", 1)]


async def test_only_messages_of_the_instances_this_process_serves_are_worked_on(
    store: Store, clock: MovableClock
) -> None:
    way_in = Inbox(store, clock)
    theirs = InboundMessage.model_validate(
        message("x").model_dump() | {"conversation": {"adapter": "dingtalk", "external_id": "g"}}
    )
    await way_in.receive(theirs)
    await way_in.receive(message("m1", "ours"))
    async with living(store, Echo(), clock) as house:
        await settled(house.sender, 1)
    assert [row[0] for row in await rows(store, "state")] == ["ready", "done"]


async def test_what_cannot_be_read_is_dead_and_stops_nobody(store: Store, clock: MovableClock) -> None:
    way_in = Inbox(store, clock)
    for number in range(2):
        await way_in.receive(message(f"m{number}", str(number)))
    await store.write(lambda conn: conn.execute(update(inbox).where(inbox.c.message_id == "m0").values(message="{}")))
    async with living(store, Echo(), clock) as house:
        await settled(house.sender, 1)
    assert [row[0] for row in await rows(store, "state")] == ["dead", "done"]


async def test_stopping_gives_back_what_is_not_done_in_time(
    store: Store, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.inbox.workers.DRAIN_SECONDS", 0.05)
    handler = Echo()
    handler.gate = asyncio.Event()  # never opened
    async with living(store, handler, clock) as house:
        await house.inbox.receive(message("m1"))
        await house.inbox.receive(message("m2"))
        await until(lambda: len(handler.heard) == 1)
    assert await rows(store, "state", "attempts", "lease_token") == [("ready", 0, None)] * 2


async def test_stopping_lets_what_is_begun_come_to_its_end(store: Store, clock: MovableClock) -> None:
    handler = Echo()
    handler.gate = asyncio.Event()
    house = House(store, handler, clock)
    await house.start()
    await house.inbox.receive(message("m1"))
    await until(lambda: len(handler.heard) == 1)
    stopping = asyncio.create_task(house.workers.stop())
    await asyncio.sleep(0)
    await house.inbox.receive(message("late", place="group-2"))
    handler.gate.set()
    await stopping
    await house.sender.stop()
    assert [row[0] for row in await rows(store, "state")] == ["done", "ready"]
    assert house.channel.titles == ["re: 到哪了"]


async def test_an_answer_waits_its_turn_when_the_channel_must_be_quiet(store: Store, clock: MovableClock) -> None:
    async with living(store, Echo(), clock) as house:
        await house.inbox.receive(message("m1", "1"))
        await settled(house.sender, 1)
        from bot.outbox import pace

        await store.write(lambda conn: pace.close(conn, "local", NOW + 60 * SECOND))
        await house.inbox.receive(message("m2", "2"))
        await until(lambda: house.workers.counts["handled"] == 2)
        assert house.channel.titles == ["re: 1"]
        await step(clock, 61 * SECOND)
        await settled(house.sender, 2)
    assert house.channel.titles == ["re: 1", "re: 2"]

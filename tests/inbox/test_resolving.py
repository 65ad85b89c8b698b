"""A message whose writer the platform does not name yet: it is safe, it waits, and is handled once that is known."""

from datetime import timedelta
from typing import Any

import pytest

from bot.clock import MovableClock
from bot.contracts import InboundMessage, NotResolved, Sender
from bot.inbox import Inbox
from bot.resolving import GIVEN_UP_AFTER, MOST_WAIT, Resolving
from bot.store import Store
from tests.inbox.test_at_once import Quick, meet
from tests.inbox.test_receive import message
from tests.inbox.test_workers import Echo, House, living, rows
from tests.outbox.channel import NOW, Channel, settled, step, until


class Directory(Channel):
    """A channel that knows who is who, when it can be asked."""

    def __init__(self) -> None:
        super().__init__("local")
        self.away = True

    async def resolve(self, message: InboundMessage) -> InboundMessage:
        if self.away:
            raise NotResolved("nobody answers")
        sender = Sender(external_id=message.sender.external_id, name="Li Na")
        return message.model_copy(update={"sender": sender})


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOW)


def unresolved(message_id: str, **more: Any) -> InboundMessage:
    sender = Sender(external_id="li", outsider=True, unresolved=True)
    return message(message_id, message_id, sender=sender, **more)


async def put_off(house: House, times: int) -> None:
    """The message has been tried so often, and waits again."""
    await until(lambda: house.workers.counts["postponed"] >= times and not house.workers.in_work)


async def test_for_an_hour_nobody_says_who_writes_and_nothing_is_lost_or_out_of_order(
    store: Store, clock: MovableClock
) -> None:
    directory, handler = Directory(), Echo()
    async with living(store, Resolving(handler, {"local": directory}, clock), clock) as house:
        for one in (unresolved("first"), unresolved("second"), message("third", "third")):
            await house.inbox.receive(one)
        await house.inbox.receive(message("other", "other", "group-2"))
        for tried in range(1, 13):
            await put_off(house, tried)
            await step(clock, MOST_WAIT)  # no wait between two tries is longer
        await put_off(house, 13)
        assert clock.now() - NOW >= timedelta(hours=1)
        assert handler.texts == ["other"], "others are answered meanwhile"
        assert house.workers.counts["retried"] == 0
    async with living(store, Resolving(handler, {"local": directory}, clock), clock) as house:  # a restart
        directory.away = False
        await step(clock, MOST_WAIT)
        await settled(house.sender, 3)
    assert handler.texts == ["other", "first", "second", "third"]
    assert [item.message.sender.name for item in handler.heard[1:3]] == ["Li Na"] * 2
    assert [item.attempt for item in handler.heard[1:]] == [1, 1, 1], "waiting is no failed attempt"


async def test_the_first_tries_come_soon_after_each_other(store: Store, clock: MovableClock) -> None:
    directory, handler = Directory(), Echo()
    async with living(store, Resolving(handler, {"local": directory}, clock), clock) as house:
        await house.inbox.receive(unresolved("first"))
        await put_off(house, 1)
        directory.away = False
        await step(clock, timedelta(seconds=2))
        await settled(house.sender, 1)


async def test_after_a_day_whoever_wrote_is_an_outsider(store: Store, clock: MovableClock) -> None:
    directory, handler = Directory(), Echo()
    await Inbox(store, clock).receive(unresolved("first"))
    clock.advance(GIVEN_UP_AFTER)
    async with living(store, Resolving(handler, {"local": directory}, clock), clock) as house:
        await settled(house.sender, 1)
    assert handler.heard[0].message.sender.outsider


async def test_where_nobody_can_be_asked_it_is_handled_as_it_is(store: Store, clock: MovableClock) -> None:
    handler = Echo()
    async with living(store, Resolving(handler, {"local": Channel("local")}, clock), clock) as house:
        await house.inbox.receive(unresolved("first"))
        await settled(house.sender, 1)
    assert handler.heard[0].message.sender.outsider
    assert await rows(store, "state") == [("done",)]


async def test_what_is_quickly_answered_still_is_but_never_to_somebody_nobody_knows_yet(
    store: Store, clock: MovableClock
) -> None:
    directory, handler = Directory(), Quick()
    async with living(store, Resolving(handler, {"local": directory}, clock), clock) as house:
        await meet(house)
        await house.inbox.receive(message("known", "known"))
        assert handler.at_once == ["known"]
        await house.inbox.receive(unresolved("unknown"))
        await put_off(house, 1)
        assert (handler.at_once, handler.texts) == (["known"], ["0"])
        directory.away = False
        await step(clock, MOST_WAIT)
        await settled(house.sender, 3)
    assert handler.heard[-1].message.sender.name == "Li Na"

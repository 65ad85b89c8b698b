"""Changing messages in place: never before the message, never a second message, the last change wins."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.clock import MovableClock
from bot.contracts import Card, DeliveryOutcome, File, Refused, Retry, Sent, Uncertain
from bot.outbox import MessageClass
from bot.outbox.admin import replay
from bot.outbox.bundle import CATCH_UP_AGE
from bot.outbox.edits import edit
from bot.outbox.tables import outbox
from bot.people.tables import conversation
from bot.store import Store
from tests.outbox.channel import NOW, SECOND, Channel, outgoing, put, row_of, settled, states, step, talk
from tests.outbox.test_sender import sending

ALERT = MessageClass.ALERT
DONE = Sent("ts-1", editable=True)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOW)


def slack(*answers: DeliveryOutcome, **more: Any) -> Channel:
    return Channel(answers=answers or [DONE], edits_in_place=True, **more)


async def change(store: Store, row_id: int, *titles: str) -> None:
    for title in titles:
        await store.write(partial(edit, row_id=row_id, cards=[Card(title=title)], now=NOW))


def shown(chat: Channel) -> Sequence[tuple[str, str | None]]:
    return [(message.cards[0].title, message.replaces) for message in chat.got]


async def test_a_message_that_was_sent_is_changed_by_its_own_reference(store: Store, clock: MovableClock) -> None:
    place, chat = await store.write(talk), slack()
    (row_id,) = await put(store, outgoing(place, "late", ALERT))
    async with sending(store, chat, clock=clock) as sender:
        await settled(sender, 1)
        await change(store, row_id, "李娜 has it")
        await settled(sender, 2)
    assert shown(chat) == [("late", None), ("李娜 has it", "ts-1")]
    assert not chat.got[1].subscription
    assert list((await states(store)).values()) == ["sent", "sent"]


async def test_one_that_still_waits_says_the_new_thing_itself_and_keeps_its_files(
    store: Store, clock: MovableClock
) -> None:
    place, chat = await store.write(talk), slack()
    file = File(name="late.xlsx", media_type="x/y", reference="workbook:1")
    (row_id,) = await put(store, outgoing(place, "late", ALERT, cards=(Card(title="late", files=(file,)),)))
    await change(store, row_id, "李娜 has it", "closed")
    async with sending(store, chat, clock=clock) as sender:
        await settled(sender, 1)
    assert shown(chat) == [("closed", None)]
    assert chat.got[0].cards[0].files == (file,)


async def test_while_it_is_on_its_way_only_the_last_of_several_changes_waits_behind_it(
    store: Store, clock: MovableClock
) -> None:
    place, chat = await store.write(talk), slack()
    chat.gate = asyncio.Event()
    (row_id,) = await put(store, outgoing(place, "late", ALERT))
    async with sending(store, chat, clock=clock) as sender:
        await chat.arrived.wait()
        await change(store, row_id, "李娜 has it", "closed", "opened again")
        await put(store, outgoing(place, "another", ALERT))
        chat.gate.set()
        await settled(sender, 3)
    assert shown(chat) == [("late", None), ("opened again", "ts-1"), ("another", None)]


@pytest.mark.parametrize("answer", [Sent("key"), Refused("no"), Uncertain("cut")])
async def test_what_cannot_be_changed_is_left_and_nothing_is_said_instead(
    store: Store, clock: MovableClock, answer: DeliveryOutcome
) -> None:
    place, chat = await store.write(talk), slack(answer)
    chat.gate = asyncio.Event()
    (row_id,) = await put(store, outgoing(place, "late", MessageClass.SURVEY))
    async with sending(store, chat, clock=clock) as sender:
        await chat.arrived.wait()
        await change(store, row_id, "李娜 has it")
        await put(store, outgoing(place, "another", ALERT))
        chat.gate.set()
        await settled(sender, 2)
        await change(store, row_id, "closed")
    assert shown(chat) == [("late", None), ("another", None)]
    assert [state for key, state in (await states(store)).items() if key.startswith("edit:")] == ["dropped"]


async def test_a_channel_that_does_not_edit_is_asked_for_nothing(store: Store, clock: MovableClock) -> None:
    place, chat = await store.write(talk), Channel(answers=[DONE])
    (row_id,) = await put(store, outgoing(place, "late", ALERT))
    async with sending(store, chat, clock=clock) as sender:
        await settled(sender, 1)
        await change(store, row_id, "李娜 has it")
        await settled(sender, 1, "dropped")
    assert shown(chat) == [("late", None)]


async def test_a_change_that_may_have_gone_through_is_made_again_and_not_marked(
    store: Store, clock: MovableClock
) -> None:
    place, chat = await store.write(talk), slack(DONE, Uncertain("cut"), Retry("busy", "503"), DONE)
    (row_id,) = await put(store, outgoing(place, "late", ALERT))
    async with sending(store, chat, clock=clock) as sender:
        await settled(sender, 1)
        await change(store, row_id, "李娜 has it")
        for attempt in (2, 3):
            await settled(sender, attempt)
            await step(clock, 300 * SECOND)
        await settled(sender, 4)
    assert [(message.replaces, message.resent) for message in chat.got] == [(None, False), *[("ts-1", False)] * 3]


async def test_a_change_while_another_waits_to_be_tried_again_takes_its_place(
    store: Store, clock: MovableClock
) -> None:
    place, chat = await store.write(talk), slack(DONE, Retry("busy", "503"), DONE)
    (row_id,) = await put(store, outgoing(place, "late", ALERT))
    async with sending(store, chat, clock=clock) as sender:
        await settled(sender, 1)
        await change(store, row_id, "李娜 has it")
        await settled(sender, 2)
        await change(store, row_id, "closed")
        await step(clock, 300 * SECOND)
        await settled(sender, 3)
    assert [title for title, _ in shown(chat)] == ["late", "李娜 has it", "closed"]


async def test_a_change_of_a_message_that_is_gone_is_dead_and_harms_nobody(store: Store, clock: MovableClock) -> None:
    place, chat = await store.write(talk), slack(DONE, Refused("gone", "message_not_found"))
    (row_id,) = await put(store, outgoing(place, "late", ALERT))
    async with sending(store, chat, clock=clock) as sender:
        await settled(sender, 1)
        await change(store, row_id, "李娜 has it")
        await settled(sender, 2)
        await put(store, outgoing(place, "another", ALERT))
        await settled(sender, 3)
    assert [title for title, _ in shown(chat)] == ["late", "李娜 has it", "another"]
    assert (await row_of(store, "late")).state == "sent"
    assert await store.read(lambda conn: conn.execute(select(conversation.c.broken)).scalars().all()) == [None]


async def test_a_change_counts_like_a_message(store: Store, clock: MovableClock) -> None:
    place, chat = await store.write(talk), slack(sends_per_minute=1, pace_by_conversation=True)
    (row_id,) = await put(store, outgoing(place, "late", ALERT))
    async with sending(store, chat, clock=clock) as sender:
        await settled(sender, 1)
        await change(store, row_id, "李娜 has it")
        await settled(sender, 1, "bucket_waits")
        await change(store, row_id, "closed")
        await step(clock, 61 * SECOND)
        await settled(sender, 2)
    assert shown(chat) == [("late", None), ("closed", "ts-1")]


async def test_changes_are_no_part_of_what_is_bundled_after_an_outage(store: Store, clock: MovableClock) -> None:
    place, chat = await store.write(talk), slack()
    (row_id,) = await put(store, outgoing(place, "late", ALERT))
    async with sending(store, chat, clock=clock) as sender:
        await settled(sender, 1)
    await change(store, row_id, "李娜 has it")
    await put(store, *(outgoing(place, f"n{number}", ALERT) for number in range(3)))
    clock.advance(CATCH_UP_AGE)
    async with sending(store, chat, clock=clock) as sender:
        await settled(sender, 2)
    assert shown(chat) == [("late", None), ("李娜 has it", "ts-1"), ("n0", None)]
    assert chat.got[2].cards[0].text == ("n1", "n2")


async def test_what_was_sent_again_is_changed_where_it_arrived(store: Store, clock: MovableClock) -> None:
    place, chat = await store.write(talk), slack(Refused("no"), Sent("ts-2", editable=True))
    (row_id,) = await put(store, outgoing(place, "late", ALERT))
    async with sending(store, chat, clock=clock) as sender:
        await settled(sender, 1)
        await store.write(lambda conn: replay(conn, row_id, now=clock.now()))
        await settled(sender, 2)
        await change(store, row_id, "李娜 has it")
        await settled(sender, 3)
    assert shown(chat)[-1] == ("李娜 has it", "ts-2")


async def test_a_unit_that_is_undone_changes_nothing(store: Store, clock: MovableClock) -> None:
    place, chat = await store.write(talk), slack()
    (row_id,) = await put(store, outgoing(place, "late", ALERT))

    def unit(conn: Connection) -> None:
        edit(conn, row_id, [Card(title="李娜 has it")], now=NOW)
        raise LookupError

    async with sending(store, chat, clock=clock) as sender:
        await settled(sender, 1)
        with pytest.raises(LookupError):
            await store.write(unit)
    wanted = select(outbox.c.id).where(outbox.c.edit_of.is_not(None))
    assert await store.read(lambda conn: conn.execute(wanted).all()) == []



"""Senders that die, pause, stop or cannot write: nothing is lost, and what may have gone out twice can be seen."""

import asyncio
import sqlite3
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.clock import MovableClock
from bot.contracts import Card, File, OutboundMessage
from bot.outbox import MessageClass, Sender, delivery
from bot.outbox.tables import outbox
from bot.store import Store
from tests.outbox.channel import (
    NOW,
    SECOND,
    Channel,
    attempts,
    outgoing,
    put,
    row_of,
    settled,
    states,
    step,
    talk,
    until,
)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOW)


async def died_while_sending(store: Store, key: str, number: int = 1) -> None:
    values = {"state": "leased", "lease_token": "gone", "attempts": number, "available_at": NOW + 30 * SECOND}
    await store.write(lambda conn: conn.execute(update(outbox).where(outbox.c.dedup_key == key).values(values)))


async def test_the_message_of_a_sender_that_died_goes_out_after_its_lease_marked_as_sent_again(
    store: Store, clock: MovableClock
) -> None:
    place, chat = await store.write(talk), Channel()
    (row_id, _) = await put(store, outgoing(place, "k"), outgoing(place, "next"))
    await died_while_sending(store, "k")
    sender = Sender(store, clock, {"chat": chat})
    await sender.start()
    await step(clock, 29 * SECOND)
    assert chat.got == []
    await step(clock, 2 * SECOND)
    await settled(sender, 2)
    await sender.stop()
    assert [(m.cards[0].title, m.attempt, m.resent) for m in chat.got] == [("k", 2, True), ("next", 1, False)]
    assert [a for a in await attempts(store) if a[0] == row_id] == [(row_id, 1, "lease_expired"), (row_id, 2, "sent")]
    assert (await row_of(store, "k")).uncertain == 0


@pytest.mark.parametrize(
    ("kind", "number", "state"),
    [
        (MessageClass.REPLY, 11, "sent"),  # crash after crash a person still gets the answer
        (MessageClass.REPLY, 12, "dead"),  # but a message that kills its senders ends up dead
        (MessageClass.ALERT, 11, "sent"),
        (MessageClass.SURVEY, 1, "dead"),  # never twice
    ],
)
async def test_what_a_crash_means_depends_on_the_kind_of_message(
    store: Store, clock: MovableClock, kind: MessageClass, number: int, state: str
) -> None:
    place, chat = await store.write(talk), Channel()
    await put(store, outgoing(place, "k", kind))
    await died_while_sending(store, "k", number)
    clock.advance(31 * SECOND)
    sender = Sender(store, clock, {"chat": chat})
    await sender.start()
    await until(lambda: sender.counts["sent"] + sender.counts["dead"] == 1)
    await sender.stop()
    assert await states(store) == {"k": state}
    assert len(chat.got) == (state == "sent")


async def test_a_sender_that_paused_longer_than_its_lease_changes_nothing_and_is_counted(
    store: Store, clock: MovableClock
) -> None:
    slow, quick = Channel(), Channel()
    slow.gate = asyncio.Event()
    place = await store.write(talk)
    (row_id,) = await put(store, outgoing(place, "k"))
    paused = Sender(store, MovableClock(NOW), {"chat": slow})  # its time stands still
    await paused.start()
    await until(lambda: len(slow.got) == 1)
    clock.advance(31 * SECOND)
    other = Sender(store, clock, {"chat": quick})
    await other.start()
    await settled(other, 1)
    slow.gate.set()
    await settled(paused, 1)
    await paused.stop()
    await other.stop()
    assert (paused.counts["late_finish"], other.counts["lease_expired"]) == (1, 1)
    assert (quick.got[0].resent, quick.got[0].message_id) == (True, slow.got[0].message_id)
    assert await attempts(store) == [(row_id, 1, "late_finish"), (row_id, 2, "sent")]
    assert (await row_of(store, "k")).provider_ref == "ref-1"


async def test_stopping_waits_for_what_is_in_flight(store: Store, clock: MovableClock) -> None:
    place, chat = await store.write(talk), Channel()
    chat.gate = asyncio.Event()
    await put(store, outgoing(place, "a"), outgoing(place, "b"))
    sender = Sender(store, clock, {"chat": chat})
    await sender.start()
    await until(lambda: len(chat.got) == 1)
    stopping = asyncio.create_task(sender.stop())
    await asyncio.sleep(0)
    chat.gate.set()
    await stopping
    assert await states(store) == {"a": "sent", "b": "ready"}
    assert (await row_of(store, "b")).attempts == 0


async def test_what_is_still_in_flight_at_the_end_is_uncertain(
    store: Store, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.outbox.sender.DRAIN_SECONDS", 0.05)
    place, chat = await store.write(talk), Channel()
    chat.gate = asyncio.Event()  # never opened
    (row_id,) = await put(store, outgoing(place, "k"))
    sender = Sender(store, clock, {"chat": chat})
    await sender.start()
    await until(lambda: len(chat.got) == 1)
    await sender.stop()
    row = await row_of(store, "k")
    assert (row.state, row.uncertain, row.resent, row.lease_token) == ("ready", 1, True, None)
    assert await attempts(store) == [(row_id, 1, "uncertain")]


async def test_a_channel_that_does_not_answer_in_time_is_uncertain(
    store: Store, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "SEND_SECONDS", 0.05)
    place, chat = await store.write(talk), Channel()
    chat.gate = asyncio.Event()
    await put(store, outgoing(place, "k", 2))
    sender = Sender(store, clock, {"chat": chat})
    await sender.start()
    await settled(sender, 1, "uncertain")
    await sender.stop()
    assert (await row_of(store, "k")).error == "uncertain: no answer within 0.05 s"


async def test_a_late_answer_goes_out_even_when_the_note_about_it_fails(store: Store, clock: MovableClock) -> None:
    def no_words(message: OutboundMessage, asked_at: object, language: str) -> OutboundMessage:
        raise KeyError("catalog")

    place, chat = await store.write(talk), Channel()
    await put(store, outgoing(place, "k", asked_at=NOW - timedelta(hours=1)))
    sender = Sender(store, clock, {"chat": chat}, late_note=no_words)
    await sender.start()
    await settled(sender, 1)
    await sender.stop()
    assert (await states(store), chat.titles) == ({"k": "sent"}, ["k"])


async def test_the_lease_of_what_takes_long_is_renewed(store: Store, clock: MovableClock) -> None:
    place, chat = await store.write(talk), Channel()
    chat.gate = asyncio.Event()
    await put(store, outgoing(place, "k"))
    sender = Sender(store, clock, {"chat": chat})
    await sender.start()
    await until(lambda: len(chat.got) == 1)
    for second in range(1, 5):
        await step(clock, 12 * SECOND)
        async with asyncio.timeout(10):
            while (await row_of(store, "k")).available_at < NOW + (12 * second + 30) * SECOND:
                await asyncio.sleep(0.002)
    chat.gate.set()
    await settled(sender, 1)
    await sender.stop()
    assert (await states(store), len(chat.got)) == ({"k": "sent"}, 1)


async def test_files_have_more_time_than_words(
    sqlite_store: Store, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "SEND_SECONDS", 0.01)
    first, second = await sqlite_store.write(talk), await sqlite_store.write(lambda conn: talk(conn, "other"))
    chat = Channel()
    chat.gate = asyncio.Event()
    card = Card(title="list", files=(File(name="list.xlsx", media_type="application/x", reference="r"),))
    await put(sqlite_store, outgoing(first, "file", cards=(card,)), outgoing(second, "words"))
    sender = Sender(sqlite_store, clock, {"chat": chat})
    await sender.start()
    await settled(sender, 1, "uncertain")
    chat.gate.set()
    await settled(sender, 1, "sent")
    await sender.stop()
    assert await states(sqlite_store) == {"file": "sent", "words": "ready"}


async def writing_connection(store: Store) -> sqlite3.Connection:
    raw = await store.write(lambda conn: conn.connection.driver_connection)
    assert isinstance(raw, sqlite3.Connection)
    return raw


async def test_an_outcome_waits_for_a_full_disk_and_nothing_is_sent_twice(
    sqlite_store: Store, clock: MovableClock
) -> None:
    place, other = await sqlite_store.write(talk), await sqlite_store.write(lambda conn: talk(conn, "other"))
    raw = await writing_connection(sqlite_store)

    class Filling(Channel):
        async def send(self, message: OutboundMessage) -> Any:
            if not self.got:
                raw.execute("PRAGMA query_only=ON")  # from here on the store takes nothing
            return await super().send(message)

    chat = Filling()
    await put(sqlite_store, outgoing(place, "k"))
    sender = Sender(sqlite_store, clock, {"chat": chat})
    await sender.start()
    await until(lambda: sender.counts["store_errors"] >= 1)
    for _ in range(40):  # far beyond the lease
        await step(clock, SECOND)
    raw.execute("PRAGMA query_only=OFF")
    await put(sqlite_store, outgoing(other, "next"))
    await step(clock, 2 * SECOND)
    await settled(sender, 2, "sent")
    await sender.stop()
    assert await states(sqlite_store) == {"k": "sent", "next": "sent"}
    assert chat.titles == ["k", "next"]

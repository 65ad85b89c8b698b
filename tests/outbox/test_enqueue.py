"""Enqueueing: a place in the queue and a row, or neither."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, select

from bot.contracts import Card
from bot.outbox import MessageClass, OutgoingMessage, enqueue
from bot.outbox.tables import outbox
from bot.people.tables import conversation
from bot.store import Store

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)


def talk(conn: Connection, name: str = "group-1") -> int:
    values = {"adapter": "local", "external_id": name, "kind": "group", "created_at": NOW}
    return int(conn.execute(conversation.insert().returning(conversation.c.id), values).scalar_one())


def reply(conversation_id: int, key: str, **more: object) -> OutgoingMessage:
    values: dict[str, object] = {
        "conversation_id": conversation_id, "queue": "reply", "message_class": MessageClass.REPLY, "dedup_key": key,
        "cards": (Card(title="在途"),), "language": "zh-Hans", **more,
    }
    return OutgoingMessage(**values)  # type: ignore[arg-type]


async def test_a_key_is_stored_once(store: Store) -> None:
    place = await store.write(talk)
    first = await store.write(lambda conn: enqueue(conn, reply(place, "k"), NOW))
    again = await store.write(lambda conn: enqueue(conn, reply(place, "k"), NOW))
    assert first is not None
    assert again is None


async def test_each_queue_counts_for_itself_and_many_writers_get_one_order(store: Store) -> None:
    place = await store.write(talk)
    messages = [reply(place, f"k{i}", queue=("reply", "push")[i % 2]) for i in range(40)]
    await asyncio.gather(*(store.write(partial(enqueue, message=message, now=NOW)) for message in messages))
    found = await store.read(lambda c: c.execute(select(outbox.c.queue, outbox.c.seq).order_by(outbox.c.id)).all())
    for queue in ("reply", "push"):
        assert [seq for name, seq in found if name == queue] == list(range(1, 21))


async def test_a_transaction_that_fails_leaves_no_message(store: Store) -> None:
    place = await store.write(talk)

    def unit(conn: Connection) -> None:
        enqueue(conn, reply(place, "k"), NOW)
        raise ValueError("no")

    with pytest.raises(ValueError):
        await store.write(unit)
    assert await store.read(lambda conn: conn.execute(select(outbox.c.id)).all()) == []


async def test_the_sender_is_woken_and_what_waits_for_its_hour_is_kept_with_it(store: Store) -> None:
    place = await store.write(talk)
    woken = store.subscribe("outbox")
    later = NOW + timedelta(hours=3)
    await store.write(lambda conn: enqueue(conn, reply(place, "k", available_at=later), NOW))
    await asyncio.wait_for(woken.wait(), 5)
    found = await store.read(lambda c: c.execute(select(outbox.c.available_at, outbox.c.due_at, outbox.c.state)).one())
    assert tuple(found) == (later, later, "ready")


async def test_nobody_to_write_to_is_an_error_of_the_caller(store: Store) -> None:
    with pytest.raises(LookupError, match="no conversation 99"):
        await store.write(lambda conn: enqueue(conn, reply(99, "k"), NOW))

"""Receiving: stored once, in order, whatever a platform delivers."""

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, func, select

from bot.clock import MovableClock
from bot.contracts import ConversationAddress, InboundMessage, NotStored, ReplyRoute, Sender
from bot.inbox import Inbox
from bot.inbox.tables import inbox
from bot.people.tables import conversation
from bot.store import Store, StoreError

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)


def message(message_id: str = "m1", text: str = "到哪了", place: str = "group-1", **more: object) -> InboundMessage:
    return InboundMessage.model_validate({
        "message_id": message_id,
        "conversation": ConversationAddress(adapter="local", external_id=place),
        "sender": Sender(external_id="li"),
        "text": text,
        "sent_at": NOW,
        **more,
    })


def rows(conn: Connection) -> list[tuple[str, str, str]]:
    found = conn.execute(select(inbox.c.message_id, inbox.c.state, inbox.c.message).order_by(inbox.c.id))
    return [tuple(row) for row in found]


async def test_a_message_is_stored_once_and_a_second_copy_is_named_a_duplicate(store: Store) -> None:
    way_in = Inbox(store, MovableClock(NOW))
    first = await way_in.receive(message())
    again = await Inbox(store, MovableClock(NOW)).receive(message())  # another process, or the same after a restart
    assert (first.duplicate, again.duplicate) == (False, True)
    assert first.inbox_id == again.inbox_id
    assert len(await store.read(rows)) == 1


async def test_the_same_id_from_another_adapter_is_another_message(store: Store) -> None:
    way_in = Inbox(store, MovableClock(NOW))
    await way_in.receive(message())
    other = message(conversation=ConversationAddress(adapter="dingtalk", external_id="group-1"))
    assert not (await way_in.receive(other)).duplicate


async def test_copies_that_arrive_together_are_one(store: Store) -> None:
    way_in = Inbox(store, MovableClock(NOW))
    receipts = await asyncio.gather(*(way_in.receive(message()) for _ in range(10)))
    assert sorted(receipt.duplicate for receipt in receipts) == [False] + [True] * 9


async def test_many_messages_of_new_conversations_make_each_conversation_once(store: Store) -> None:
    way_in = Inbox(store, MovableClock(NOW))
    await asyncio.gather(*(way_in.receive(message(f"m{i}", place=f"g{i % 5}")) for i in range(50)))
    assert await store.read(lambda c: c.execute(select(func.count()).select_from(conversation)).scalar_one()) == 5


async def test_the_way_to_answer_is_kept_with_the_conversation(store: Store) -> None:
    way_in = Inbox(store, MovableClock(NOW))
    for number in (1, 2):
        route = ReplyRoute(url=f"https://example.test/{number}", expires_at=NOW + timedelta(minutes=number))
        await way_in.receive(message(f"m{number}", reply_route=route))
    await way_in.receive(message("m3"))
    wanted = select(conversation.c.route_url, conversation.c.route_expires_at)
    kept = await store.read(lambda conn: conn.execute(wanted).one())
    assert tuple(kept) == ("https://example.test/2", NOW + timedelta(minutes=2))


async def test_a_way_to_answer_that_lives_longer_than_before_is_kept_as_long(store: Store) -> None:
    way_in = Inbox(store, MovableClock(NOW))
    for number, minutes in enumerate((90, 91, 150)):
        route = ReplyRoute(url="https://example.test/same", expires_at=NOW + timedelta(minutes=minutes))
        await way_in.receive(message(f"m{number}", reply_route=route))
    kept = await store.read(lambda conn: conn.execute(select(conversation.c.route_expires_at)).scalar_one())
    assert kept == NOW + timedelta(minutes=150)


async def test_a_conversation_that_was_deleted_is_made_again(store: Store) -> None:
    way_in = Inbox(store, MovableClock(NOW))
    await way_in.receive(message())
    await store.write(lambda c: (c.execute(inbox.delete()), c.execute(conversation.delete())))
    assert not (await way_in.receive(message())).duplicate


async def test_who_writes_to_us_can_be_reached_again(store: Store) -> None:
    way_in = Inbox(store, MovableClock(NOW))
    for number in range(3):  # met, known without a route, known with a new one
        await store.write(lambda conn: conn.execute(conversation.update().values(broken="robot removed")))
        route = ReplyRoute(url="https://example.test/r", expires_at=NOW) if number == 2 else None
        await way_in.receive(message(f"m{number}", reply_route=route))
        assert await store.read(lambda conn: conn.scalars(select(conversation.c.broken)).all()) == [None]


@pytest.mark.parametrize(
    "text", ["a\0b", "half \ud800 pair", "\udfff", "\u202eright to left", "x" * 100_000, "😀\0\ud83d"]
)
async def test_text_no_database_likes_is_stored(store: Store, text: str) -> None:
    way_in = Inbox(store, MovableClock(NOW))
    strange = message(f"id\0{text[:3]}", text, place=f"g\0{text[:3]}", sender=Sender(external_id="li", name=text[:9]))
    await way_in.receive(strange)
    assert (await way_in.receive(strange)).duplicate
    stored = InboundMessage.model_validate_json((await store.read(rows))[0][2])
    assert stored.text == text.replace("\0", "\ufffd").replace("\ud800", "\ufffd").replace("\udfff", "\ufffd").replace(
        "\ud83d", "\ufffd")


async def test_what_cannot_be_stored_is_not_acknowledged(sqlite_store: Store) -> None:
    way_in = Inbox(sqlite_store, MovableClock(NOW))
    raw = await sqlite_store.write(lambda conn: conn.connection.driver_connection)
    assert isinstance(raw, sqlite3.Connection)
    raw.execute("PRAGMA query_only=ON")
    with pytest.raises(StoreError):
        await way_in.receive(message())
    with pytest.raises(NotStored):
        await way_in.receive_for_adapter(message())
    raw.execute("PRAGMA query_only=OFF")
    assert not (await way_in.receive(message())).duplicate

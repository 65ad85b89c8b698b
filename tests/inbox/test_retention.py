"""Messages are forgotten when they were answered long enough ago, and only then."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Connection, select, update

from bot.clock import MovableClock
from bot.contracts import ConversationAddress, InboundMessage, Sender
from bot.housekeeping import Housekeeping
from bot.inbox import Inbox
from bot.inbox.tables import inbox
from bot.store import Store

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
KEEP = timedelta(days=90)


def message(number: int) -> InboundMessage:
    address = ConversationAddress(adapter="local", external_id=f"c{number}")
    return InboundMessage(
        message_id=f"m{number}", conversation=address, sender=Sender(external_id="li"), text="hi", sent_at=NOW
    )


def answer(inbox_id: int, at: datetime | None, conn: Connection) -> None:
    conn.execute(update(inbox).where(inbox.c.id == inbox_id).values(finished_at=at))


def kept(conn: Connection) -> list[str]:
    return list(conn.execute(select(inbox.c.message_id).order_by(inbox.c.id)).scalars())


async def test_what_was_answered_long_ago_is_forgotten_and_what_waits_is_kept(store: Store) -> None:
    way_in = Inbox(store, MovableClock(NOW))
    for number, answered in enumerate((NOW - KEEP - timedelta(days=1), NOW - KEEP + timedelta(days=1), None)):
        receipt = await way_in.receive(message(number))
        await store.write(partial(answer, receipt.inbox_id, answered))
    assert await Housekeeping(store, MovableClock(NOW), KEEP).tidy() == 1
    assert await store.read(kept) == ["m1", "m2"]


async def test_more_than_one_batch_is_forgotten_at_once(sqlite_store: Store) -> None:
    way_in = Inbox(sqlite_store, MovableClock(NOW))
    await asyncio.gather(*(way_in.receive(message(number)) for number in range(1_010)))
    await sqlite_store.write(lambda conn: conn.execute(update(inbox).values(finished_at=NOW - 2 * KEEP)).close())
    assert await Housekeeping(sqlite_store, MovableClock(NOW), KEEP).tidy() == 1_010
    assert await sqlite_store.read(kept) == []

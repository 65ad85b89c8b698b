"""A message that came back is found by its id and the second it was written in, among many, on both databases."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, select

from bot.contracts import Capabilities
from bot.outbox import MessageClass, enqueue
from bot.outbox.lookup import find_row
from bot.outbox.policy import MAX_AGE, limits_of
from bot.outbox.tables import outbox
from bot.outbox.undelivered import mark_undelivered
from bot.people.tables import conversation
from bot.store import Store
from tests.outbox.test_enqueue import NOW, reply, talk

ROWS = 300


def written(conn: Connection) -> list[tuple[int, str, datetime]]:
    """Many messages, one a minute; key, message id and second of each."""
    place = talk(conn)
    for number in range(ROWS):
        enqueue(conn, reply(place, f"k{number}"), NOW + timedelta(minutes=number, microseconds=number))
    rows = conn.execute(select(outbox.c.id, outbox.c.message_id, outbox.c.created_at).order_by(outbox.c.id)).all()
    return [(row.id, row.message_id, row.created_at.replace(microsecond=0)) for row in rows]


async def test_every_row_is_found_again(store: Store) -> None:
    rows = await store.write(written)

    def find(conn: Connection) -> list[Any]:
        return [find_row(conn, message_id, created_at=at) for _, message_id, at in rows]

    assert await store.read(find) == [row_id for row_id, _, _ in rows]


async def test_it_costs_a_few_looks_however_many_rows_there_are(sqlite_store: Store) -> None:
    rows = await sqlite_store.write(written)
    statements: list[str] = []

    def find(conn: Connection) -> None:
        event.listen(conn, "before_cursor_execute", lambda *args: statements.append(args[2]))
        find_row(conn, rows[7][1], created_at=rows[7][2])

    await sqlite_store.read(find)
    assert len(statements) <= 24
    assert all("LIMIT" in text or "min(" in text or "outbox.id <" in text for text in statements)


@pytest.mark.parametrize("shift", [timedelta(hours=-9), timedelta(hours=9), timedelta(minutes=30)])
async def test_another_time_or_id_finds_nothing(store: Store, shift: timedelta) -> None:
    rows = await store.write(written)
    _, message_id, at = rows[100]
    assert await store.read(lambda conn: find_row(conn, message_id, created_at=at + shift)) is None
    assert await store.read(lambda conn: find_row(conn, "nobody", created_at=at)) is None


async def test_an_empty_outbox_finds_nothing(store: Store) -> None:
    assert await store.read(lambda conn: find_row(conn, "nobody", created_at=NOW)) is None


@pytest.mark.parametrize("permanent", [True, False])
async def test_a_conversation_is_broken_only_for_good_reasons(store: Store, *, permanent: bool) -> None:
    rows = await store.write(written)
    _, message_id, at = rows[5]

    def come_back(conn: Connection, adapter: str) -> bool:
        return mark_undelivered(
            conn, adapter, message_id, created_at=at, reason="mail came back: 5.1.1", permanent=permanent
        )

    assert not await store.write(lambda conn: come_back(conn, "other"))
    assert await store.write(lambda conn: come_back(conn, "local"))
    broken = await store.read(lambda conn: conn.execute(select(conversation.c.broken)).scalar_one())
    assert broken == ("mail came back: 5.1.1" if permanent else None)


def test_a_patient_channel_keeps_answers_and_lets_alerts_grow_stale() -> None:
    patient = limits_of(Capabilities(max_bytes=1, patience=timedelta(hours=24)))
    assert patient.max_age[MessageClass.REPLY] == timedelta(hours=24)
    assert patient.max_age[MessageClass.ALERT] == MAX_AGE[MessageClass.ALERT]
    assert patient.max_attempts >= 28
    assert limits_of(Capabilities(max_bytes=1)).max_age == MAX_AGE

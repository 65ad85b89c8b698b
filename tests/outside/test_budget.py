"""The budget of a month is counted in the store and never exceeded."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from bot.outside.budget import Budget
from bot.outside.tables import outside_use
from bot.store import Store

NOW = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
NEXT = datetime(2026, 12, 1, tzinfo=UTC)


async def test_questions_and_characters_are_limited_each_month(store: Store) -> None:
    budget = Budget("model", requests=3, characters=100)
    spent = [await store.write(lambda conn: budget.spend(conn, 40, NOW)) for _ in range(3)]
    assert spent == [True, True, False]
    assert await store.write(lambda conn: budget.spend(conn, 20, NOW))
    assert not await store.write(lambda conn: budget.spend(conn, 0, NOW))
    assert await store.read(_counted) == {("model", "2026-11"): (3, 100)}
    assert await store.write(lambda conn: budget.spend(conn, 40, NEXT))
    assert await store.read(_counted) == {("model", "2026-11"): (3, 100), ("model", "2026-12"): (1, 40)}


def _counted(conn: Connection) -> dict[tuple[str, str], tuple[int, int]]:
    """Requests and characters of each service and month."""
    return {(row.service, row.month): (row.requests, row.characters) for row in conn.execute(select(outside_use))}


async def test_many_at_once_never_spend_more_than_there_is(store: Store) -> None:
    budget = Budget("model", requests=5, characters=1_000)
    spent = await asyncio.gather(*(store.write(lambda conn: budget.spend(conn, 1, NOW)) for _ in range(20)))
    assert sum(spent) == 5

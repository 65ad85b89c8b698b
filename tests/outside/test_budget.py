"""The budget of a month is counted in the store and never exceeded."""

import asyncio
from datetime import UTC, datetime

from bot.outside.budget import Budget, used
from bot.store import Store

NOW = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
NEXT = datetime(2026, 12, 1, tzinfo=UTC)


async def test_questions_and_characters_are_limited_each_month(store: Store) -> None:
    budget = Budget("model", requests=3, characters=100)
    spent = [await store.write(lambda conn: budget.spend(conn, 40, NOW)) for _ in range(3)]
    assert spent == [True, True, False]
    assert await store.write(lambda conn: budget.spend(conn, 20, NOW))
    assert not await store.write(lambda conn: budget.spend(conn, 0, NOW))
    assert await store.read(lambda conn: used(conn, "model", NOW)) == (3, 100)
    assert await store.write(lambda conn: budget.spend(conn, 40, NEXT))
    assert await store.read(lambda conn: used(conn, "translation", NOW)) == (0, 0)


async def test_many_at_once_never_spend_more_than_there_is(store: Store) -> None:
    budget = Budget("model", requests=5, characters=1_000)
    spent = await asyncio.gather(*(store.write(lambda conn: budget.spend(conn, 1, NOW)) for _ in range(20)))
    assert sum(spent) == 5

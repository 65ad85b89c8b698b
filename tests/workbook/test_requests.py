"""A request survives a restart, is found by its reference alone, and is forgotten in time."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.people import EVERYTHING, PartnerScope
from bot.store import Store
from bot.workbook import MEDIA_TYPE, Request, ask_for, find_request, forget_requests

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)


def request(scope: PartnerScope = EVERYTHING, at: datetime = NOW) -> Request:
    return Request(source="numbers", asked={"numbers": ["A", "乙"]}, scope=scope, language="zh-Hans",
                   zone="Asia/Shanghai", name="清单.xlsx", asked_at=at)  # fmt: skip


@pytest.mark.parametrize("scope", [EVERYTHING, PartnerScope(frozenset({3, 1})), PartnerScope(frozenset())])
async def test_what_was_asked_is_found_as_it_was_asked(store: Store, scope: PartnerScope) -> None:
    file = await store.write(lambda conn: ask_for(conn, request(scope)))
    assert (file.name, file.media_type) == ("清单.xlsx", MEDIA_TYPE)
    found = await store.read(lambda conn: find_request(conn, file.reference))
    assert found == request(scope)
    assert found is not None
    assert (found.name, found.asked_at) == ("清单.xlsx", NOW)


@pytest.mark.parametrize("reference", ["", "workbook:", "workbook:nobody", "file:///etc/passwd", "workbook:%"])
async def test_any_other_reference_is_of_nothing(sqlite_store: Store, reference: str) -> None:
    await sqlite_store.write(lambda conn: ask_for(conn, request()))
    assert await sqlite_store.read(lambda conn: find_request(conn, reference)) is None


async def test_references_cannot_be_guessed_from_one_another(sqlite_store: Store) -> None:
    made = {(await sqlite_store.write(lambda conn: ask_for(conn, request()))).reference for _ in range(20)}
    assert len(made) == 20
    assert all(len(one.removeprefix("workbook:")) == 24 for one in made)


async def test_what_is_too_old_is_forgotten(store: Store) -> None:
    old = await store.write(lambda conn: ask_for(conn, request(at=NOW - timedelta(days=8))))
    new = await store.write(lambda conn: ask_for(conn, request()))
    assert await store.write(lambda conn: forget_requests(conn, NOW - timedelta(days=7))) == 1
    assert await store.read(lambda conn: find_request(conn, old.reference)) is None
    assert await store.read(lambda conn: find_request(conn, new.reference)) is not None

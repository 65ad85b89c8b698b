"""Tokens: shown once, kept as a hash, on both databases."""

from datetime import UTC, datetime

from sqlalchemy import select

from bot.people.service import PartnerEntry, take_over_partners
from bot.store import Store
from bot.web.tables import api_token
from bot.web.tokens import TokenRole, find_caller, list_tokens, make_token, revoke_token

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
PARTNER = PartnerEntry("CAINIAO", "菜鸟", "zh-Hans", "Asia/Shanghai", "CN")


async def test_a_token_is_recognised_with_its_role_and_partner(store: Store) -> None:
    partners = await store.write(lambda conn: take_over_partners(conn, [PARTNER]))
    partner_id = partners["CAINIAO"]
    token = await store.write(lambda conn: make_token(conn, TokenRole.API, partner_id=partner_id, now=NOW))
    caller = await store.read(lambda conn: find_caller(conn, token))
    assert caller is not None
    assert (caller.role, caller.partner_id, caller.partner) == (TokenRole.API, partner_id, "CAINIAO")


async def test_only_a_hash_is_kept(store: Store) -> None:
    token = await store.write(lambda conn: make_token(conn, TokenRole.FEED, partner_id=None, now=NOW))
    row = await store.read(lambda conn: conn.execute(select(api_token)).one())
    assert token.rsplit("_", 1)[1] not in repr(tuple(row))


async def test_a_token_is_closed_once(store: Store) -> None:
    token = await store.write(lambda conn: make_token(conn, TokenRole.FEED, partner_id=None, now=NOW))
    [row] = await store.read(list_tokens)
    assert await store.write(lambda conn: revoke_token(conn, row.public_id, NOW))
    assert not await store.write(lambda conn: revoke_token(conn, row.public_id, NOW))
    assert await store.read(lambda conn: find_caller(conn, token)) is None


async def test_the_role_written_into_a_token_is_not_believed(store: Store) -> None:
    token = await store.write(lambda conn: make_token(conn, TokenRole.FEED, partner_id=None, now=NOW))
    forged = token.replace("pb_feed_", "pb_api_")
    assert await store.read(lambda conn: find_caller(conn, forged)) is None

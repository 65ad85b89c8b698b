"""A channel's month that runs low is told to the desk once, and once more when it is used up."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, select

from bot.cases.desk import Desk
from bot.cases.quota import QuotaWatch
from bot.clock import MovableClock
from bot.contracts import Quota, Supply, as_text
from bot.outbox.message import cards_from_json
from bot.outbox.tables import outbox
from bot.people import Role
from bot.store import Store
from tests.cases.test_desk import Office
from tests.outbox.channel import Channel

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
CALLS = Quota("calls", "2026-11", 4_000, 5_000)


class Charged(Channel):
    """A channel whose platform charges by the month."""

    quota = replace(CALLS, used=3_999)

    def quotas(self) -> list[Quota]:
        return [self.quota]


def people(conn: Connection) -> None:
    office = Office(conn)
    office.direct("mail", "an", office.person("An", language="en"))
    office.direct("mail", "bo", office.person("Bo", Role.SUPPORT, language="zh-Hans"))
    office.talk("mail", "theirs", kind="group", partner_id=office.partners["mine"])


def watch(store: Store, *channels: Channel) -> QuotaWatch:
    return QuotaWatch(store, MovableClock(NOW), Desk(), {channel.name: channel for channel in channels})


async def told(store: Store) -> list[str]:
    rows = await store.read(lambda conn: conn.execute(select(outbox.c.cards).order_by(outbox.c.id)).scalars().all())
    return [as_text(cards_from_json(row)[0]) for row in rows]


async def test_the_desk_reads_it_once_at_eighty_percent_and_once_at_the_end(store: Store) -> None:
    await store.write(people)
    channel = Charged("dingtalk")
    ours, theirs = watch(store, channel, Channel("plain")), watch(store, channel)
    await ours.tick()
    assert await told(store) == []
    channel.quota = CALLS
    for watcher in (ours, ours, theirs):  # another process, or the same after a restart
        await watcher.tick()
    chinese, english = await told(store)
    assert "dingtalk: the month's quota runs low" in english
    assert "API calls used: 4,000 of 5,000 (80 %)" in english
    assert "dingtalk：本月配额即将用完" in chinese
    assert "4,000 / 5,000（80%）" in chinese
    channel.quota = replace(CALLS, refused=True)
    for watcher in (ours, theirs):
        await watcher.tick()
    assert ["used up" in text or "已用完" in text for text in await told(store)] == [False, False, True, True]


async def test_with_nobody_to_tell_it_is_told_as_soon_as_there_is_somebody(store: Store) -> None:
    channel = Charged("dingtalk")
    watcher, channel.quota = watch(store, channel), CALLS
    await watcher.tick()
    assert await told(store) == []
    await store.write(people)
    await watcher.tick()
    assert len(await told(store)) == 2


@pytest.mark.parametrize(("quota", "supply"), [
    (replace(CALLS, used=3_999), Supply.ENOUGH), (CALLS, Supply.LOW), (replace(CALLS, used=5_000), Supply.GONE),
    (replace(CALLS, limit=0), Supply.ENOUGH), (replace(CALLS, limit=0, refused=True), Supply.GONE),
])  # fmt: skip
def test_how_much_is_left_follows_from_the_count_and_from_what_the_platform_says(quota: Quota, supply: Supply) -> None:
    assert quota.supply is supply

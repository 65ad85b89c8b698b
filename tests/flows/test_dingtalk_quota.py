"""The month's quota runs low, is used up, and extended hours later: operators read it, alerts waited, none was lost."""

import asyncio
from datetime import timedelta

import pytest
from aiohttp import ClientSession
from sqlalchemy import select

from adapters.dingtalk import ADAPTER, DingTalkConfig
from bot.app import Service
from bot.clock import MovableClock
from bot.outbox import Sender
from bot.outbox.tables import outbox
from bot.people.tables import conversation
from bot.settings.load import check_settings
from bot.store import Store
from bot.testing import FakeDingTalk, RecordingHost
from tests.alerts.world import MINUTE, make_world
from tests.flows.conftest import configuration
from tests.flows.test_outage import BETWEEN, listening, live_through, rows
from tests.flows.test_readiness import NOW
from tests.outbox.channel import outgoing, put, step, talk, until


async def test_what_a_used_up_month_held_back_is_told_in_one_message_when_it_goes_on(
    sqlite_store: Store
) -> None:
    world = await make_world(sqlite_store)
    async with FakeDingTalk(world.clock.now) as fake:
        robot = ADAPTER.create(DingTalkConfig.model_validate(fake.configuration()))
        async with listening(world, robot) as sender:
            fake.openapi.month_left = 0
            await live_through(world, sender)
            assert fake.posts == []
            assert robot.health().detail.startswith("over budget: ")
            assert len(fake.openapi.calls) < 20, "three hours of tries cost few calls"
            broken = await world.store.read(lambda conn: conn.execute(
                select(conversation.c.id).where(conversation.c.broken.is_not(None))).all())
            assert list(broken) == []

            fake.openapi.month_left = None
            for _ in range(3):
                await step(world.clock, BETWEEN)
            await until(lambda: bool(fake.posts))
            await step(world.clock, MINUTE)
            await until(lambda: sender.in_flight == 0)
            (post,) = fake.posts
            assert "补发 3 条提醒" in post.text, post.text
            assert {row.state for row in await rows(sqlite_store, outbox.c.id, outbox.c.state)} == {"bundled", "sent"}


async def test_operators_read_that_a_month_runs_low(store_url: str) -> None:
    clock = MovableClock(NOW)
    async with FakeDingTalk(clock.now) as fake, ClientSession() as client:
        raw = configuration(store_url, fake.configuration(mode="stream", partner="CAINIAO", monthly_messages=5))
        raw["contacts"] += [{"name": "Anna", "role": "operator", "language": "en", "addresses": {"local": "anna"}}]
        service = Service(check_settings(raw, "test"), clock=clock)
        await service.start()
        try:
            await client.post(f"{service.address}/api/v1/chat", json={"contact": "anna", "text": "hello"})
            for _ in range(4):
                await fake.stream.push(fake.payload("你好"))
            await until(lambda: len(fake.posts) == 4)
            clock.advance(timedelta(seconds=61))
            about = select(outbox.c.dedup_key).where(outbox.c.dedup_key.like("quota:%"))
            async with asyncio.timeout(10):
                while not (found := await service.rooms.store.read(lambda conn: conn.execute(about).scalars().all())):
                    await asyncio.sleep(0.01)
            assert [key.rpartition(":")[0] for key in found] == ["quota:dingtalk:messages:2026-11:low"]
        finally:
            assert await service.stop()


@pytest.mark.parametrize(("used", "messages"), [(0, 5), (8, 2)])
async def test_while_a_month_runs_low_alerts_that_follow_each_other_are_told_together(
    store: Store, used: int, messages: int
) -> None:
    clock = MovableClock(NOW)
    async with RecordingHost(clock) as host, FakeDingTalk(clock.now) as fake:
        await host.state("dingtalk").count("budget:calls:2026-11", used)
        robot = ADAPTER.create(DingTalkConfig.model_validate(fake.configuration(monthly_calls=10)))
        await robot.start(host)
        group = await store.write(lambda conn: talk(conn, "cidGroup1==", "dingtalk"))
        sender = Sender(store, clock, {"dingtalk": robot})
        await sender.start()
        for number in range(5):
            await put(store, outgoing(group, f"alert {number}", 2), at=NOW)
            if not used or not number:  # while there is enough, each goes out at once
                await until(lambda number=number: sender.counts["sent"] > number)  # type: ignore[misc]
        await step(clock, timedelta(seconds=61))
        await until(lambda: len(fake.posts) == messages and sender.in_flight == 0)
        assert all(f"alert {number}" in "".join(post.text for post in fake.posts) for number in range(5))
        await sender.stop()
        await robot.stop()

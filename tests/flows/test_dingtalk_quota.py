"""The month's quota is used up and extended hours later: alerts waited, no conversation was given up."""

from sqlalchemy import select

from adapters.dingtalk import ADAPTER, DingTalkConfig
from bot.outbox.tables import outbox
from bot.people.tables import conversation
from bot.store import Store
from bot.testing import FakeDingTalk, RecordingHost
from tests.alerts.world import MINUTE, make_world
from tests.flows.test_outage import BETWEEN, listens, live_through, rows
from tests.outbox.channel import step, until


async def test_what_a_used_up_month_held_back_is_told_in_one_message_when_it_goes_on(
    sqlite_store: Store
) -> None:
    world = await make_world(sqlite_store)
    async with RecordingHost(world.clock) as host, FakeDingTalk(world.clock.now) as fake:
        robot = ADAPTER.create(DingTalkConfig.model_validate(fake.configuration()))
        await robot.start(host)
        sender = await listens(world, robot)
        await sender.start()
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
        await sender.stop()
        await robot.stop()

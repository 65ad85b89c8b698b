"""A channel is away for hours and comes back: its queue waited, and what is old is told in one message."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from adapters.slack import ADAPTER, SlackConfig
from bot.alerts.bundling import worded_bundle
from bot.contracts import Adapter
from bot.outbox import Sender
from bot.outbox.tables import attempt, outbox
from bot.people.tables import conversation
from bot.store import Store
from bot.testing import RecordingHost
from bot.testing.slack import BOT_TOKEN, FakeSlack
from bot.testing.slack_world import CHANNEL, TEAM
from tests.alerts.world import MINUTE, World, make_world
from tests.outbox.channel import step, until

LOOKS = 36
"""Each five minutes of the test's clock: three hours."""
BETWEEN = timedelta(minutes=5, seconds=1)
"""No retry waits for longer than five minutes."""


async def rows(store: Store, *columns: Any) -> list[Any]:
    return list(await store.read(lambda conn: conn.execute(select(*columns).order_by(columns[0])).all()))


@asynccontextmanager
async def listening(world: World, adapter: Adapter) -> AsyncIterator[Sender]:
    """One who follows everything lives in a channel of that adapter; a sender at work for it."""
    await world.follow("li")
    place = {"adapter": adapter.name, "external_id": f"{TEAM}/{CHANNEL}", "kind": "group"}
    moved = update(conversation).where(conversation.c.id == world.places["li"]).values(place)
    await world.do(lambda conn: conn.execute(moved).close())
    sender = Sender(world.store, world.clock, {adapter.name: adapter}, bundle=worded_bundle(world.clock))
    async with RecordingHost(world.clock) as host:
        await adapter.start(host)
        await sender.start()
        yield sender
        await sender.stop()
        await adapter.stop()


async def live_through(world: World, sender: Sender) -> None:
    """The outage: flights become late one after the other, the first one lands; every retry is refused."""
    flights = []
    for look in range(LOOKS):
        if look in (0, 10, 20):
            flights.append(await world.late_flight(f"CV79{look}"))
            await world.parcels(3, of="cainiao", on=flights[-1], start=look)
        if look == 28:
            await world.land(flights[0])
        await world.sweep()
        waiting = await world.store.read(
            lambda conn: conn.execute(select(func.count()).where(outbox.c.finished_at.is_(None))).scalar_one()
        )
        tried = sender.counts["retry"]
        await step(world.clock, BETWEEN)
        if waiting:
            await until(lambda tried=tried: sender.counts["retry"] > tried)  # type: ignore[misc]


class Away:
    """Slack cannot be reached."""

    @staticmethod
    async def begin(fake: FakeSlack) -> None:
        await fake.stop()

    @staticmethod
    async def end(fake: FakeSlack) -> None:
        await fake.start()


class Revoked:
    """Somebody removed the app from the workspace, and later installs it again."""

    @staticmethod
    async def begin(fake: FakeSlack) -> None:
        fake.world.revoked.add(BOT_TOKEN)

    @staticmethod
    async def end(fake: FakeSlack) -> None:
        fake.world.revoked.clear()


@pytest.mark.parametrize("trouble", [Away, Revoked])
async def test_after_hours_without_a_platform_one_message_tells_what_is_true_now(
    store: Store, trouble: type[Away | Revoked]
) -> None:
    world = await make_world(store)
    async with FakeSlack(world.clock.now) as fake, listening(
        world, ADAPTER.create(SlackConfig.model_validate(fake.configuration()))
    ) as sender:
        await trouble.begin(fake)
        await live_through(world, sender)
        assert fake.posts == []
        tries = await rows(store, attempt.c.outbox_id, attempt.c.outcome)
        assert {one.outcome for one in tries} == {"retry"}
        assert len(tries) > 20, "the outage is longer than what one message may usually be tried"

        await trouble.end(fake)
        await step(world.clock, BETWEEN)
        await until(lambda: bool(fake.posts))
        await step(world.clock, MINUTE)
        await until(lambda: sender.in_flight == 0)
        (post,) = fake.posts
        assert "补发 3 条提醒" in post.text, post.text
        assert [name for name in ("CV790", "CV7910", "CV7920") if name not in post.text] == []
        states = [row.state for row in await rows(store, outbox.c.id, outbox.c.state)]
        assert set(states) == {"bundled", "sent"}
        assert states.count("sent") == 1

"""Stored before acknowledged, acknowledged in time, and nothing lost when it is not."""

import asyncio

import pytest

from adapters.slack import ADAPTER, SlackAdapter, SlackConfig, intake
from bot.contracts import InboundMessage
from bot.contracts.patience import LOOK_SECONDS
from bot.testing import RecordingHost
from bot.testing.slack import FakeSlack
from tests.adapters.slack.samples import adapter, event, raw, request


async def test_what_was_not_stored_is_answered_so_that_it_comes_again(app: SlackAdapter, host: RecordingHost) -> None:
    host.full = True
    for body in (event(), raw("slash_command.form"), raw("interaction_block_actions.form")):
        response = await app.handle_webhook(request(body))
        assert response.status == 503
        assert response.body == b""
    host.full = False
    assert (await app.handle_webhook(request(event()))).status == 200
    assert len(host.received) == 1


async def test_while_the_store_is_busy_the_platform_is_answered_in_time_and_nothing_is_lost(
    host: RecordingHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "STORED_WITHIN", 0.02)
    app = adapter()
    await app.start(host)
    release = asyncio.Event()

    async def busy(message: InboundMessage) -> None:
        await release.wait()

    host.on_message = busy
    assert (await app.handle_webhook(request(event()))).status == 503
    release.set()
    assert (await app.handle_webhook(request(event()))).status == 200  # its retry
    assert len(host.received) == 1
    await app.stop()


async def test_we_answer_well_before_the_platform_gives_up() -> None:
    assert intake.STORED_WITHIN + LOOK_SECONDS < 3


async def test_stopping_waits_for_what_is_being_stored(host: RecordingHost, fake: FakeSlack) -> None:
    slack = ADAPTER.create(SlackConfig.model_validate(fake.configuration()))
    await slack.start(host)
    begun, release = asyncio.Event(), asyncio.Event()

    async def slowly(message: InboundMessage) -> None:
        begun.set()
        await release.wait()

    host.on_message = slowly
    answering = asyncio.ensure_future(slack.handle_webhook(fake.says("到哪了")))
    await begun.wait()
    stopping = asyncio.ensure_future(slack.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    assert (await slack.handle_webhook(fake.says("too late"))).status == 503
    release.set()
    assert (await answering).status == 200
    await stopping
    assert slack.health().figures["received_stored"] == 1

"""An app that hears requests, the core as it sees it, and a fake platform to send to."""

from collections.abc import AsyncIterator

import pytest

from adapters.slack import ADAPTER, SlackAdapter, SlackConfig
from bot.testing import MovableClock, RecordingHost
from bot.testing.slack import FakeSlack
from tests.adapters.slack.samples import NOW, adapter


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOW)


@pytest.fixture
async def host(clock: MovableClock) -> AsyncIterator[RecordingHost]:
    async with RecordingHost(clock) as host:
        yield host


@pytest.fixture
async def app(host: RecordingHost) -> AsyncIterator[SlackAdapter]:
    """Configured for the recorded payloads."""
    made = adapter()
    await made.start(host)
    yield made
    await made.stop()


@pytest.fixture
async def fake(clock: MovableClock) -> AsyncIterator[FakeSlack]:
    async with FakeSlack(clock.now) as fake:
        yield fake


@pytest.fixture
async def slack(host: RecordingHost, fake: FakeSlack) -> AsyncIterator[SlackAdapter]:
    """Configured for the fake; who writes is not looked up."""
    made = ADAPTER.create(SlackConfig.model_validate(fake.configuration(guests_belong=True)))
    await made.start(host)
    yield made
    await made.stop()

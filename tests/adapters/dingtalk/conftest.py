"""A clock, the core as an adapter sees it, a platform, and a robot that hears callbacks."""

from collections.abc import AsyncIterator

import pytest

from adapters.dingtalk.adapter import DingTalkAdapter
from bot.testing import FakeDingTalk, MovableClock, RecordingHost
from tests.adapters.dingtalk.samples import NOW, adapter


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOW)


@pytest.fixture
async def host(clock: MovableClock) -> AsyncIterator[RecordingHost]:
    async with RecordingHost(clock) as host:
        yield host


@pytest.fixture
async def fake(clock: MovableClock) -> AsyncIterator[FakeDingTalk]:
    async with FakeDingTalk(clock.now) as fake:
        yield fake


@pytest.fixture
async def robot(host: RecordingHost) -> AsyncIterator[DingTalkAdapter]:
    made = adapter()
    await made.start(host)
    yield made
    await made.stop()

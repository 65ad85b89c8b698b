"""A robot that hears callbacks, and the core as it sees it."""

from collections.abc import AsyncIterator

import pytest

from adapters.dingtalk.adapter import DingTalkAdapter
from bot.testing import MovableClock, RecordingHost
from tests.adapters.dingtalk.samples import NOW, adapter


@pytest.fixture
async def host() -> AsyncIterator[RecordingHost]:
    async with RecordingHost(MovableClock(NOW)) as host:
        yield host


@pytest.fixture
async def robot(host: RecordingHost) -> AsyncIterator[DingTalkAdapter]:
    made = adapter()
    await made.start(host)
    yield made
    await made.stop()

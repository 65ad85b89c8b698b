"""A started local adapter and the host it stands on."""

from collections.abc import AsyncIterator

import pytest

from adapters.local import ADAPTER, LocalAdapter, LocalConfig
from bot.testing import MovableClock, RecordingHost
from bot.testing.messages import WHEN


@pytest.fixture
async def host() -> AsyncIterator[RecordingHost]:
    async with RecordingHost(MovableClock(WHEN)) as host:
        yield host


@pytest.fixture
async def chat(host: RecordingHost) -> AsyncIterator[LocalAdapter]:
    adapter = ADAPTER.create(LocalConfig(name="local", type="local"))
    await adapter.start(host)
    yield adapter
    await adapter.stop()

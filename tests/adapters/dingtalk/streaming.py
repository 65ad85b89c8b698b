"""A robot in Stream mode against the fake gateway, with waits as short as a test likes them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any

from adapters.dingtalk import DingTalkAdapter, DingTalkConfig
from adapters.dingtalk.pace import StreamPace
from bot.contracts import AdapterHost
from bot.testing import FakeDingTalk

FAST = StreamPace(first_wait=0.001, longest_wait=0.01, credentials_wait=0.001, drain=0.1, finish=5.0, start=5.0)


class Dice(Random):
    """Remembers what it was asked for and never waits."""

    def __init__(self) -> None:
        super().__init__(1)
        self.bounds: list[float] = []

    def uniform(self, a: float, b: float) -> float:
        self.bounds.append(b)
        return a


def stream_adapter(
    fake: FakeDingTalk, *, pace: StreamPace = FAST, dice: Random | None = None, **more: Any
) -> DingTalkAdapter:
    config = DingTalkConfig.model_validate(fake.configuration(mode="stream", **more))
    return DingTalkAdapter(config, pace=pace, dice=dice or Random(1))


@asynccontextmanager
async def streaming(
    fake: FakeDingTalk, host: AdapterHost, *, pace: StreamPace = FAST, dice: Random | None = None, **more: Any
) -> AsyncIterator[DingTalkAdapter]:
    """A started robot."""
    adapter = stream_adapter(fake, pace=pace, dice=dice, **more)
    await adapter.start(host)
    try:
        yield adapter
    finally:
        await adapter.stop()

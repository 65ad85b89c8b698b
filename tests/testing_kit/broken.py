"""The whole suite against every seeded fault, one class each; run by `python -m tests.testing_kit.mutations`."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.testing import FakeDingTalk, MovableClock, RecordingHost
from bot.testing.conformance import AdapterContract, Stage
from bot.testing.messages import WHEN
from bot.testing.slack import FakeSlack
from tests.adapters.slack.test_conformance import SlackStage
from tests.adapters.test_conformance import DingTalkStage
from tests.testing_kit.faults import FAULTS, Fault


@asynccontextmanager
async def staged(platform: str) -> AsyncIterator[Stage]:
    """A sound adapter on its stage."""
    clock = MovableClock(WHEN)
    async with RecordingHost(clock) as host, FakeSlack(clock.now) as slack, FakeDingTalk(clock.now) as dingtalk:
        stage = SlackStage(host, slack) if platform == "slack" else DingTalkStage(host, dingtalk)
        await stage.adapter.start(host)
        stop = stage.adapter.stop
        yield stage
        await stop()


def _class_of(fault: Fault | None, platform: str) -> type[AdapterContract]:
    async def stage(self: object, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
        async with staged(platform) as stage:
            if fault is not None:
                fault.seed(stage, monkeypatch)
            yield stage

    wrapped: Callable[..., Any] = pytest.fixture(stage)
    return type("TestBroken", (AdapterContract,), {"stage": wrapped})


TestSoundSlack = _class_of(None, "slack")
TestSoundDingTalk = _class_of(None, "dingtalk")
for _number, _fault in enumerate(FAULTS):
    globals()[f"TestFault{_number}"] = _class_of(_fault, _fault.platform)

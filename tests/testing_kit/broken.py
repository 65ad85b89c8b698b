"""The whole suite against every seeded fault, one class each; run by `python -m tests.testing_kit.mutations`."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.testing import FakeDingTalk, MovableClock, RecordingHost
from bot.testing.conformance import AdapterContract, Stage
from bot.testing.messages import WHEN
from bot.testing.slack import FakeSlack
from tests.adapters.email.mailbox import MailServer
from tests.adapters.email.test_conformance import EmailStage
from tests.adapters.slack.test_conformance import SlackStage
from tests.adapters.test_conformance import DingTalkStage, LocalStage
from tests.testing_kit.faults import FAULTS, Fault

PLATFORMS = ("dingtalk", "email", "local", "slack")


@asynccontextmanager
async def staged(platform: str) -> AsyncIterator[Stage]:
    """A sound adapter on its stage."""
    clock = MovableClock(WHEN)
    async with RecordingHost(clock) as host, _stage(platform, host, clock) as stage:
        await stage.adapter.start(host)
        stop = stage.adapter.stop
        yield stage
        await stop()


@asynccontextmanager
async def _stage(platform: str, host: RecordingHost, clock: MovableClock) -> AsyncIterator[Stage]:
    if platform == "slack":
        async with FakeSlack(clock.now) as slack:
            yield SlackStage(host, slack)
    elif platform == "dingtalk":
        async with FakeDingTalk(clock.now) as dingtalk:
            yield DingTalkStage(host, dingtalk)
    elif platform == "email":
        async with MailServer() as server:
            yield EmailStage(host, server)
    else:
        yield LocalStage(host)


def _class_of(fault: Fault | None, platform: str) -> type[AdapterContract]:
    async def stage(self: object, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
        async with staged(platform) as stage:
            if fault is not None:
                fault.seed(stage, monkeypatch)
            yield stage

    wrapped: Callable[..., Any] = pytest.fixture(stage)
    return type("TestBroken", (AdapterContract,), {"stage": wrapped})


for _platform in PLATFORMS:
    globals()[f"TestSound_{_platform}"] = _class_of(None, _platform)
for _number, _fault in enumerate(FAULTS):
    globals()[f"TestFault{_number}"] = _class_of(_fault, _fault.platform)

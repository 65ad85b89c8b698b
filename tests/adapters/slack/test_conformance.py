"""Slack behaves as every adapter must, over HTTP and over a websocket."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.slack import ADAPTER, SlackConfig
from bot.contracts import Card, ConversationKind, OutboundMessage
from bot.testing import MovableClock, RecordingHost, outbound
from bot.testing.conformance import AdapterContract, Stage
from bot.testing.messages import WHEN
from bot.testing.slack import FakeSlack
from bot.testing.slack_world import CHANNEL, TEAM


class SlackStage(Stage):
    """Questions by signed request, answers into a channel."""

    def __init__(self, host: RecordingHost, fake: FakeSlack, **more: Any) -> None:
        super().__init__(ADAPTER, SlackConfig.model_validate(fake.configuration("team-slack", **more)), host)
        self.fake = fake
        self.stamps: dict[str, str] = {}

    def event(self, text: str, key: str) -> dict[str, Any]:
        stamp = self.stamps.setdefault(key, self.fake.world.next_ts())
        return self.fake.event(text, ts=stamp)

    async def says(self, text: str, key: str) -> bool:
        request = self.fake.signed(json.dumps(self.event(text, key)).encode())
        return (await self.adapter.handle_webhook(request)).status == 200

    def message(self, *cards: Card, **more: Any) -> OutboundMessage:
        return outbound(*cards, adapter=self.config.name, conversation=f"{TEAM}/{CHANNEL}",
                        kind=ConversationKind.GROUP, **more)

    def arrived(self) -> list[str]:
        return [post.text.replace("\u200b", "") for post in self.fake.posts]

    def largest_payload(self) -> int:
        return max(len(json.dumps(post.body, ensure_ascii=False).encode()) for post in self.fake.posts)


class TestSlack(AdapterContract):
    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        clock = MovableClock(WHEN)
        async with RecordingHost(clock) as host, FakeSlack(clock.now) as fake:
            stage = SlackStage(host, fake)
            await stage.adapter.start(host)
            yield stage
            await stage.adapter.stop()

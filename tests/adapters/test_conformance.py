"""Both adapters behave as every adapter must."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.dingtalk import ADAPTER as DINGTALK
from adapters.dingtalk import DingTalkConfig
from adapters.local import ADAPTER as LOCAL
from adapters.local import LocalAdapter, LocalConfig
from bot.contracts import Card, ConversationKind, NotStored, OutboundMessage, ReplyRoute, WebhookRequest, as_text
from bot.testing import FakeDingTalk, MovableClock, RecordingHost, outbound
from bot.testing.conformance import AdapterContract, Stage
from bot.testing.messages import WHEN

GROUP = "cidGroup1=="


class DingTalkStage(Stage):
    """Questions by signed callback, answers over a session."""

    def __init__(self, host: RecordingHost, fake: FakeDingTalk) -> None:
        super().__init__(DINGTALK, DingTalkConfig.model_validate(fake.configuration("partner-ding")), host)
        self.fake = fake

    async def says(self, text: str, key: str) -> bool:
        callback = self.fake.says(text, conversation=GROUP, msgId=key)
        headers = {name.lower(): value for name, value in callback.headers.items()}
        response = await self.adapter.handle_webhook(WebhookRequest("POST", headers, {}, callback.body))
        return response.status == 200

    def message(self, *cards: Card, **more: Any) -> OutboundMessage:
        route = ReplyRoute(url=self.fake.open_session(GROUP), expires_at=WHEN.replace(hour=9))
        return outbound(*cards, adapter=self.config.name, conversation=GROUP, kind=ConversationKind.GROUP,
                        reply_route=route, **more)

    def arrived(self) -> list[str]:
        return [post.text for post in self.fake.posts]

    def largest_payload(self) -> int:
        return max(len(json.dumps(post.body, ensure_ascii=False).encode()) for post in self.fake.posts)


class TestDingTalk(AdapterContract):
    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        clock = MovableClock(WHEN)
        async with RecordingHost(clock) as host, FakeDingTalk(clock.now) as fake:
            stage = DingTalkStage(host, fake)
            await stage.adapter.start(host)
            yield stage
            await stage.adapter.stop()


class LocalStage(Stage):
    """Questions by asking, answers seen by following."""

    redelivers = False

    def __init__(self, host: RecordingHost) -> None:
        super().__init__(LOCAL, LocalConfig(name="web", type="local"), host)

    async def says(self, text: str, key: str) -> bool:
        assert isinstance(self.adapter, LocalAdapter)
        try:
            await self.adapter.ask("li", text, wait_seconds=0)
        except NotStored:
            return False
        return True

    def message(self, *cards: Card, **more: Any) -> OutboundMessage:
        return outbound(*cards, adapter=self.config.name, conversation="li", **more)

    def arrived(self) -> list[str]:
        return ["\n".join(map(as_text, message.cards)) for message in self._messages()]

    def largest_payload(self) -> int:
        return max(len(message.model_dump_json()) for message in self._messages())

    def _messages(self) -> list[OutboundMessage]:
        assert isinstance(self.adapter, LocalAdapter)
        return [entry.message for entry in self.adapter.recent("li") if entry.message is not None]


class TestLocal(AdapterContract):
    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with RecordingHost(MovableClock(WHEN)) as host:
            stage = LocalStage(host)
            await stage.adapter.start(host)
            yield stage
            await stage.adapter.stop()

"""DingTalk over callbacks, and the local chat, behave as every adapter must."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from adapters.dingtalk import ADAPTER as DINGTALK
from adapters.dingtalk import DingTalkConfig
from adapters.local import ADAPTER as LOCAL
from adapters.local import LocalAdapter, LocalConfig
from bot.contracts import Card, ConversationKind, NotStored, OutboundMessage, ReplyRoute, WebhookRequest, as_text
from bot.testing import Answer, FakeDingTalk, Hang, MovableClock, RecordingHost, Reset, outbound
from bot.testing.conformance import AdapterContract, CallbackStage, Stage, Trouble, body_of
from bot.testing.messages import WHEN
from bot.testing.scripts import Script

GROUP = "cidGroup1=="


SCRIPTS: Mapping[Trouble, Script] = {
    Trouble.REFUSED: Answer({"errcode": 430102, "errmsg": "unsafe"}),
    Trouble.FORBIDDEN: Answer({"errcode": 400013, "errmsg": "group disbanded"}),
    Trouble.THROTTLED: Answer({"errcode": 130101, "errmsg": "send too fast"}),
    Trouble.BUSY: Answer("busy", 502),
    Trouble.SILENT: Hang(taken=True),
    Trouble.CUT: Reset(taken=True),
}


class DingTalkStage(CallbackStage):
    """Questions by signed callback, answers over a session."""

    cannot = frozenset[Trouble]()
    signature_headers = ("sign", "timestamp")

    def __init__(self, host: RecordingHost, fake: FakeDingTalk) -> None:
        super().__init__(DINGTALK, DingTalkConfig.model_validate(fake.configuration("partner-ding")), host)
        self.fake = fake

    def genuine(self, text: str, key: str) -> bytes:
        return body_of(self.fake.payload(text, conversation=GROUP, msgId=key))

    def callback(self, body: bytes) -> WebhookRequest:
        headers = {name.lower(): value for name, value in self.fake.signed({}).headers.items()}
        return WebhookRequest("POST", headers, {}, body)

    async def provoke(self, trouble: Trouble) -> None:
        if trouble is Trouble.UNREACHABLE:
            await self.fake.stop()
        else:
            self.fake.script(SCRIPTS[trouble])

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
    has_secrets = False

    def __init__(self, host: RecordingHost) -> None:
        super().__init__(LOCAL, LocalConfig(name="web", type="local"), host)

    async def says(self, text: str, key: str) -> bool:
        assert isinstance(self.adapter, LocalAdapter)
        try:
            await self.adapter.ask("li", text, wait_seconds=0)
        except NotStored:
            return False
        return True

    async def loses(self, ref: str) -> None:
        await self.adapter.stop()
        self.adapter = LOCAL.create(LocalConfig(name="web", type="local"))  # it remembers in memory only
        await self.adapter.start(self.host)

    def message(self, *cards: Card, **more: Any) -> OutboundMessage:
        return outbound(*cards, adapter=self.config.name, conversation="li", **more)

    def arrived(self) -> list[str]:
        return ["\n".join(map(as_text, message.cards)) for message in self._messages()]

    def largest_payload(self) -> int:
        return max(_size(message) for message in self._messages())

    def _messages(self) -> list[OutboundMessage]:
        assert isinstance(self.adapter, LocalAdapter)
        return [entry.message for entry in self.adapter.recent("li") if entry.message is not None]


def _size(message: OutboundMessage) -> int:
    cards = [card.model_dump() for card in message.cards]
    return len(json.dumps(cards, ensure_ascii=False).encode("utf-8", "replace"))


class TestLocal(AdapterContract):
    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with RecordingHost(MovableClock(WHEN)) as host:
            stage = LocalStage(host)
            await stage.adapter.start(host)
            yield stage
            await stage.adapter.stop()

"""Slack behaves as every adapter must, over HTTP and over a websocket."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from adapters.slack import ADAPTER, SlackConfig
from bot.contracts import Card, ConversationKind, OutboundMessage, WebhookRequest
from bot.testing import Answer, Hang, MovableClock, RecordingHost, Reset, outbound
from bot.testing.conformance import AdapterContract, CallbackStage, Stage, Trouble, body_of
from bot.testing.messages import WHEN
from bot.testing.scripts import Script
from bot.testing.slack import APP_TOKEN, FakeSlack
from bot.testing.slack_world import CHANNEL, TEAM

SCRIPTS: Mapping[Trouble, Script] = {
    Trouble.REFUSED: Answer("we do not like what it says", 400),
    Trouble.FORBIDDEN: Answer({"ok": False, "error": "channel_not_found"}),
    Trouble.THROTTLED: Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "7"}),
    Trouble.BUSY: Answer("upstream", 503),
    Trouble.SILENT: Hang(taken=True),
    Trouble.CUT: Reset(taken=True),
}


class SlackSending(Stage):
    """Answers into a channel."""

    cannot = frozenset[Trouble]()

    def __init__(self, host: RecordingHost, fake: FakeSlack, **more: Any) -> None:
        super().__init__(ADAPTER, SlackConfig.model_validate(fake.configuration("team-slack", **more)), host)
        self.fake = fake
        self.stamps: dict[str, str] = {}

    def event(self, text: str, key: str) -> dict[str, Any]:
        stamp = self.stamps.setdefault(key, self.fake.world.next_ts())
        return self.fake.event(text, ts=stamp)

    def genuine(self, text: str, key: str) -> bytes:
        return body_of(self.event(text, key))

    async def provoke(self, trouble: Trouble) -> None:
        if trouble is Trouble.UNREACHABLE:
            await self.fake.stop()
        else:
            self.fake.script(SCRIPTS[trouble])

    async def loses(self, ref: str) -> None:
        self.fake.posts[:] = [post for post in self.fake.posts if f"{post.channel}:{post.ts}" != ref]

    def message(self, *cards: Card, **more: Any) -> OutboundMessage:
        return outbound(*cards, adapter=self.config.name, conversation=f"{TEAM}/{CHANNEL}",
                        kind=ConversationKind.GROUP, **more)

    def arrived(self) -> list[str]:
        return [post.text.replace("\u200b", "") for post in self.fake.posts]

    def largest_payload(self) -> int:
        return max(len(json.dumps(post.body, ensure_ascii=False).encode()) for post in self.fake.posts)


class SlackStage(SlackSending, CallbackStage):
    """Questions by signed request."""

    signature_headers = ("x-slack-signature", "x-slack-request-timestamp")

    def callback(self, body: bytes) -> WebhookRequest:
        return self.fake.signed(body)


class TestSlack(AdapterContract):
    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        clock = MovableClock(WHEN)
        async with RecordingHost(clock) as host, FakeSlack(clock.now) as fake:
            stage = SlackStage(host, fake)
            await stage.adapter.start(host)
            yield stage
            await stage.adapter.stop()


class SocketStage(SlackSending):
    """Questions over a websocket: nobody calls us, so nothing can be forged but what claims to be another's."""

    def __init__(self, host: RecordingHost, fake: FakeSlack) -> None:
        super().__init__(host, fake, mode="socket", app_token=APP_TOKEN)

    async def says(self, text: str, key: str) -> bool:
        return await self.deliver(self.genuine(text, key))

    async def deliver(self, body: bytes) -> bool:
        await self.connected()
        gateway, put_off = self.fake.gateway, self._put_off
        try:
            payload = json.loads(body)
        except ValueError:
            payload = body.decode("utf-8", "replace")
        envelope = await gateway.deliver("events_api", payload)
        async with asyncio.timeout(10):
            while envelope in gateway.pending and self._put_off == put_off:
                await asyncio.sleep(0.002)
        return envelope not in gateway.pending

    async def connected(self) -> None:
        async with asyncio.timeout(10):
            while self.adapter.health().state != "up":
                await asyncio.sleep(0.002)

    async def pretends(self, text: str, key: str) -> None:
        await self.deliver(body_of(self.event(text, key) | {"team_id": "T0OTHER", "api_app_id": "A0OTHER"}))

    @property
    def _put_off(self) -> float:
        return self.adapter.health().figures.get("received_not_acknowledged", 0)


class TestSlackOverASocket(AdapterContract):
    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        clock = MovableClock(WHEN)
        async with RecordingHost(clock) as host, FakeSlack(clock.now) as fake:
            stage = SocketStage(host, fake)
            await stage.adapter.start(host)
            await stage.connected()
            yield stage
            await stage.adapter.stop()

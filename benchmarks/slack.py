"""Slack: receiving and sending beside their floors."""

import asyncio
import gc
import hashlib
import hmac
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import SlackAdapter, SlackConfig
from adapters.slack.events import Ignored, decode_event
from adapters.slack.workspace import App, event_context
from benchmarks.parts.channel import host_for, made, median, rate
from bot.cli.running import YOUNG_OBJECTS
from bot.clock import SystemClock
from bot.contracts import Card, ConversationKind, Field, Sent, Step, WebhookRequest
from bot.inbox import Inbox
from bot.testing import LoopbackServer, outbound
from bot.testing.slack import SIGNING_SECRET, FakeSlack
from bot.testing.slack_world import APP, CHANNEL, TEAM

EVENTS, MESSAGES, ROUNDS = 4_000, 2_000, 3
CARD = Card(
    language="zh-Hans", title="LX123456785CN · 清关中（列日）", text=("今天 14:20（北京时间）开始进口清关",),
    fields=(Field(label="航班", value="CV7911 昨天 22:05 到达列日，晚点 3 小时"),),
    timeline=(Step(when="11月24日 10:12", what="到达", where="列日"),), footer="数据截至 15:02",
)


class Sink(LoopbackServer):
    """Takes every message at once."""

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """The one method."""
        router.add_post("/api/chat.postMessage", self._take)

    async def _take(self, request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=b'{"ok":true,"channel":"C1","ts":"1.000001"}', content_type="application/json")


def main() -> None:
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])  # as the service runs
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_receiving(Path(folder)))
    asyncio.run(_sending())


async def _receiving(folder: Path) -> None:
    fake = FakeSlack()
    fake.base_url = "http://127.0.0.1:1"  # nothing is sent
    config = SlackConfig.model_validate(fake.configuration(guests_belong=True))
    events = [fake.event(f"{n} 到哪了", user=f"U{n % 200}") for n in range(EVENTS)]
    requests = [fake.signed(json.dumps(event).encode()) for event in events]
    ratios = []
    for turn in range(ROUNDS):
        floor = await _bare(folder / f"floor{turn}.db", requests)
        ours = await _received(folder / f"ours{turn}.db", config, requests)
        ratios.append((ours / floor, ours, floor))
    ratio, ours, floor = median(ratios)
    print(f"receiving: {ours:.0f} events/s verified, decoded, stored; floor (verify, parse, store) {floor:.0f}/s; "
          f"ratio {ratio:.2f} (must be at least 0.6)")


async def _bare(path: Path, requests: Sequence[WebhookRequest]) -> float:
    clock, app = SystemClock(), App("slack", frozenset({TEAM}), APP)
    store = await made(f"sqlite+aiosqlite:///{path}")
    messages = []
    for request in requests:
        envelope = json.loads(request.body)
        context, bot_user = event_context(app, envelope)
        message = decode_event(envelope["event"], context, bot_user=bot_user, now=clock.now())
        assert not isinstance(message, Ignored)
        messages.append(message)
    inbox = Inbox(store, clock)

    async def bare(index: int) -> None:
        request = requests[index]
        stamp = request.headers["x-slack-request-timestamp"].encode()
        base = b":".join((b"v0", stamp, request.body))
        hmac.new(SIGNING_SECRET.encode(), base, hashlib.sha256).digest()
        json.loads(request.body)
        await inbox.receive(messages[index])

    found = await rate(bare, len(requests))
    await store.close()
    return found


async def _received(path: Path, config: SlackConfig, requests: Sequence[WebhookRequest]) -> float:
    store = await made(f"sqlite+aiosqlite:///{path}")
    host = host_for(Inbox(store, SystemClock()))
    adapter = SlackAdapter(config)
    await adapter.start(host)

    async def one(index: int) -> None:
        assert (await adapter.handle_webhook(requests[index])).status == 200

    found = await rate(one, len(requests))
    await adapter.stop()
    await host.close()
    await store.close()
    return found


async def _sending() -> None:
    async with Sink() as sink:
        config = SlackConfig.model_validate(FakeSlack().configuration(api_base_url=sink.base_url,
                                                                      files_base_url=sink.base_url,
                                                                      hooks_base_urls=[sink.base_url]))
        host = host_for()
        adapter = SlackAdapter(config)
        await adapter.start(host)
        message = outbound(CARD, adapter="slack", conversation=f"{TEAM}/{CHANNEL}", kind=ConversationKind.GROUP)
        body: dict[str, Any] = {"channel": CHANNEL, "text": CARD.title, "blocks": [{"type": "section", "text": {
            "type": "mrkdwn", "text": "清" * 400}}]}
        headers = {"Authorization": "Bearer xoxb-x"}

        client = AsyncWebClient("xoxb-x", base_url=f"{sink.base_url}/api/", session=host.session, retry_handlers=[])

        async def bare(index: int) -> None:  # noqa: ARG001 - each the same
            await client.chat_postMessage(**body)

        async def without_client(index: int) -> None:  # noqa: ARG001 - each the same
            url = f"{sink.base_url}/api/chat.postMessage"
            async with host.session.post(url, json=body, headers=headers) as response:
                assert json.loads(await response.read())["ok"]

        async def ours(index: int) -> None:  # noqa: ARG001 - each the same
            assert isinstance(await adapter.send(message), Sent)

        ratios = []
        for _ in range(ROUNDS):
            floor, found = await rate(bare, MESSAGES), await rate(ours, MESSAGES)
            ratios.append((found / floor, found, floor))
        ratio, found, floor = median(ratios)
        plain = await rate(without_client, MESSAGES)
        print(f"sending: {found:.0f} messages/s rendered and posted; floor (the client's bare post) {floor:.0f}/s; "
              f"ratio {ratio:.2f} (must be at least 0.6); a post without slack_sdk {plain:.0f}/s")
        await adapter.stop()
        await host.close()

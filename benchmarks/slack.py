"""Slack: receiving and sending beside their floors."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import SlackAdapter, SlackConfig
from adapters.slack.events import Ignored, decode_event
from adapters.slack.workspace import App, event_context
from benchmarks.parts.channel import CARD, beside, host_for, in_turn, made, rate, tell
from bot.clock import SystemClock
from bot.contracts import ConversationKind, Sent, WebhookRequest
from bot.inbox import Inbox
from bot.testing import LoopbackServer, outbound
from bot.testing.slack import SIGNING_SECRET, FakeSlack
from bot.testing.slack_world import APP, CHANNEL, TEAM

EVENTS, MESSAGES, ROUNDS = 4_000, 2_000, 3


class Sink(LoopbackServer):
    """Takes every message at once."""

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """The one method."""
        router.add_post("/api/chat.postMessage", self._take)

    async def _take(self, request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=b'{"ok":true,"channel":"C1","ts":"1.000001"}', content_type="application/json")


def main() -> None:
    in_turn(_receiving, lambda _: _sending())


async def _receiving(folder: Path) -> None:
    fake = FakeSlack()
    fake.base_url = "http://127.0.0.1:1"  # nothing is sent
    config = SlackConfig.model_validate(fake.configuration(guests_belong=True))
    events = [fake.event(f"{n} 到哪了", user=f"U{n % 200}") for n in range(EVENTS)]
    requests = [fake.signed(json.dumps(event).encode()) for event in events]
    middle = await beside(
        lambda turn: _bare(folder / f"floor{turn}.db", requests),
        lambda turn: _received(folder / f"ours{turn}.db", config, requests), rounds=ROUNDS,
    )  # fmt: skip
    tell("receiving", "events/s verified, decoded, stored; floor (verify, parse, store)", middle)


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

        middle = await beside(lambda _: rate(bare, MESSAGES), lambda _: rate(ours, MESSAGES), rounds=ROUNDS)
        tell("sending", "messages/s rendered and posted; floor (the client's bare post)", middle)
        print(f"sending: a post without slack_sdk {await rate(without_client, MESSAGES):.0f}/s")
        await adapter.stop()
        await host.close()

"""A stand-in of the chat: a real server on loopback that takes posts, drops second copies, refuses wrong tokens."""

import json
from typing import Any

from aiohttp import web
from parcelbridge_webhook.receive import signature

from bot.contracts import WebhookRequest
from bot.testing import RecordingHost
from bot.testing.scripts import ScriptedServer

TOKEN, SIGNING_SECRET = "token-of-the-chat", "secret-of-the-chat"


class Chat(ScriptedServer):
    """What real chats do that speak JSON over HTTP; the next answers can be scripted."""

    def __init__(self) -> None:
        super().__init__()
        self.posts: dict[str, dict[str, Any]] = {}
        self.largest = 0

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """One address."""
        router.add_post("/messages", self._take)

    def configuration(self, name: str = "team-chat") -> dict[str, Any]:
        """An `[[adapters]]` entry that speaks with this stand-in."""
        return {"name": name, "type": "webhook", "post_url": f"{self.base_url}/messages", "token": TOKEN,
                "signing_secret": SIGNING_SECRET}

    async def _take(self, request: web.Request) -> web.Response:
        raw = await request.read()

        async def serve() -> web.Response:
            if request.headers.get("Authorization") != f"Bearer {TOKEN}":
                return web.Response(status=401)
            message = json.loads(raw)
            self.largest = max(self.largest, len(raw))
            self.posts.setdefault(message["id"], message)
            return web.json_response({})

        return await self.play(request, serve)


def signed(body: bytes, host: RecordingHost, secret: str = SIGNING_SECRET) -> WebhookRequest:
    """A callback as the chat makes it."""
    timestamp = str(int(host.now().timestamp()))
    headers = {"x-timestamp": timestamp, "x-signature": signature(secret, timestamp, body)}
    return WebhookRequest("POST", headers, {}, body)

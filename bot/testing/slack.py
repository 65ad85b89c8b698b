"""A fake Slack on loopback: Web API, files, response addresses, OAuth, Socket Mode, and requests signed as it signs."""

import hashlib
import hmac
import json
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from aiohttp import ClientSession, web

from bot.contracts import WebhookRequest
from bot.testing.scripts import Script, ScriptedServer
from bot.testing.slack_blocks import buttons, shown
from bot.testing.slack_socket import SocketGateway
from bot.testing.slack_web import Refuses, WebApi, given_by
from bot.testing.slack_world import ANNA, APP, BOT, BOT_USER, CHANNEL, DIRECT, TEAM, SlackFile, SlackPost, SlackWorld

SIGNING_SECRET, BOT_TOKEN, APP_TOKEN = "fake-signing-secret", "xoxb-fake-token", "xapp-fake-token"
CLIENT_ID, CLIENT_SECRET = "1234.5678", "fake-client-secret"
HOOK_USES, HOOK_LIFE = 5, timedelta(minutes=30)
SENDS = ("chat.postMessage", "chat.update", "hook")
SCOPES = ("app_mentions:read,channels:history,chat:write,commands,files:read,files:write,groups:history,"
          "im:history,im:read,im:write,users:read")


class FakeSlack(ScriptedServer):
    """Takes what the platform takes, refuses what it refuses. Scripts hold for sends, `script_for` for any method."""

    def __init__(self, now: Callable[[], datetime] | None = None) -> None:
        super().__init__()
        self.world = SlackWorld(now or (lambda: datetime.now(UTC)))
        self.world.tokens[BOT_TOKEN] = TEAM
        self.gateway = SocketGateway()
        self.calls: Counter[str] = Counter()
        """Calls that arrived, refused ones too."""
        self.private: list[dict[str, Any]] = []
        """Answers over response addresses."""
        self.codes: dict[str, dict[str, Any]] = {}
        """OAuth codes, each with what it is exchanged for."""
        self._api = WebApi(self.world)
        self._hooks: dict[str, tuple[int, datetime]] = {}
        self._scripts: defaultdict[str, deque[Script]] = defaultdict(deque)

    @property
    def posts(self) -> list[SlackPost]:
        """Messages of the bot, in the order of their posting."""
        return self.world.posts

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """The paths of the real hosts."""
        router.add_post("/api/oauth.v2.access", self._access)
        router.add_post("/api/apps.connections.open", self._connections_open)
        router.add_route("*", "/api/{method}", self._call)
        router.add_get("/link", self.gateway.handle)
        router.add_post("/hooks/{key}", self._hook)
        router.add_get("/files-pri/{owner}/{file}", self._download)
        router.add_post("/upload/v1/{file}", self._upload)

    async def start(self) -> None:
        """Listen on a free port."""
        await super().start()
        self._api.base_url = self.base_url

    async def stop(self) -> None:
        """Hang up and close."""
        for socket in list(self.gateway.sockets):
            await socket.close()
        await super().stop()

    def script_for(self, method: str, *steps: Script) -> None:
        """One step for each of the next calls of one method; `hook` and `download` are methods here too."""
        self._scripts[method].extend(steps)

    def configuration(self, name: str = "slack", **more: Any) -> dict[str, Any]:
        """An `[[adapters]]` entry that speaks with this fake."""
        return {
            "name": name, "type": "slack", "team_ids": [TEAM], "app_id": APP, "signing_secret": SIGNING_SECRET,
            "bot_token": BOT_TOKEN, "api_base_url": self.base_url, "files_base_url": self.base_url,
            "hooks_base_urls": [self.base_url], **more,
        }

    def event(self, text: str, *, user: str = ANNA, channel: str = DIRECT, **more: Any) -> dict[str, Any]:
        """The envelope for what a person wrote: to the bot alone, or in a channel, where it has to be mentioned."""
        direct = channel.startswith("D")
        event = {
            "type": "message" if direct else "app_mention", "user": user, "channel": channel, "team": TEAM,
            "text": _written(text) if direct else f"<@{BOT_USER}> {_written(text)}", "ts": self.world.next_ts(),
        }
        event |= {"channel_type": "im"} if direct else {}
        return self.envelope(event | more)

    def envelope(self, event: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Any event as it is sent."""
        authorization = {"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True,
                         "is_enterprise_install": False}
        return {"type": "event_callback", "team_id": TEAM, "api_app_id": APP, "event": event,
                "event_id": f"Ev{uuid4().hex[:10].upper()}", "authorizations": [authorization], **more}

    def says(self, text: str, **more: Any) -> WebhookRequest:
        """The same as a signed request."""
        return self.signed(json.dumps(self.event(text, **more)).encode())

    def command_fields(self, text: str, *, user: str = ANNA, channel: str = CHANNEL) -> dict[str, str]:
        """The fields of a slash command."""
        return {"team_id": TEAM, "channel_id": channel, "user_id": user, "user_name": "anna", "command": "/parcel",
                "text": text, "api_app_id": APP, "response_url": self.hook(), "trigger_id": f"1.2.{uuid4().hex}"}

    def command(self, text: str, **more: Any) -> WebhookRequest:
        """A slash command as a signed request."""
        return self.signed(urlencode(self.command_fields(text, **more)).encode())

    def pressed(self, post: SlackPost, number: int = 0, *, user: str = ANNA, team: str = TEAM) -> dict[str, Any]:
        """The payload for a person who presses a button of a message."""
        message = {"ts": post.ts, "text": post.body.get("text"), "user": BOT_USER, "bot_id": BOT}
        message |= {"thread_ts": post.thread} if post.thread else {}
        return {
            "type": "block_actions", "user": {"id": user, "team_id": team, "name": "anna"}, "api_app_id": APP,
            "container": {"type": "message", "message_ts": post.ts, "channel_id": post.channel, "is_ephemeral": False},
            "trigger_id": f"1.3.{uuid4().hex}", "team": {"id": TEAM}, "channel": {"id": post.channel},
            "message": message, "response_url": self.hook(),
            "actions": [{**buttons(post.body)[number], "action_ts": self.world.next_ts()}],
        }

    def presses(self, post: SlackPost, number: int = 0, **more: Any) -> WebhookRequest:
        """The same as a signed request."""
        return self.signed(urlencode({"payload": json.dumps(self.pressed(post, number, **more))}).encode())

    def signed(self, body: bytes, secret: str = SIGNING_SECRET) -> WebhookRequest:
        """Any body, signed now."""
        timestamp = str(int(self.world.now().timestamp()))
        base = b":".join((b"v0", timestamp.encode(), body))
        signature = "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
        headers = {"x-slack-request-timestamp": timestamp, "x-slack-signature": signature}
        return WebhookRequest("POST", headers, {}, body)

    async def call(self, url: str, request: WebhookRequest) -> int:
        """Deliver a request to a service; the HTTP status of its answer."""
        async with ClientSession() as session, session.request(
            request.method, url, data=request.body, headers=request.headers
        ) as answer:
            return answer.status

    def hook(self) -> str:
        """A new response address."""
        key = uuid4().hex
        self._hooks[key] = (HOOK_USES, self.world.now() + HOOK_LIFE)
        return f"{self.base_url}/hooks/{key}"

    def add_file(self, file_id: str, file: SlackFile) -> dict[str, Any]:
        """A file people shared; what an event says of it."""
        self.world.files[file_id] = file
        return {"id": file_id, "name": file.name, "mimetype": file.media_type, "size": len(file.content),
                "mode": "hosted", "is_external": False}

    async def _play(self, method: str, request: web.Request, serve: Any) -> web.Response:
        """A step of the method's own script, for sends one of the common script, else the method itself."""
        if self._scripts[method]:
            self._script.appendleft(self._scripts[method].popleft())
        elif method not in SENDS:
            return await self._served(serve)
        return await self.play(request, lambda: self._served(serve))

    @staticmethod
    async def _served(serve: Any) -> web.Response:
        try:
            answer: web.Response = await serve()
        except Refuses as refused:
            return refused.response()
        return answer

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.calls[method] += 1
        given = await given_by(request)

        async def serve() -> web.Response:
            if method not in self._api.methods:
                raise Refuses("unknown_method")
            team = self._api.team_of(_token(request))
            answer = self._api.methods[method](given, team)
            return web.json_response({"ok": True, **answer}, headers={"x-oauth-scopes": SCOPES})

        return await self._play(method, request, serve)

    async def _connections_open(self, request: web.Request) -> web.Response:
        self.calls["apps.connections.open"] += 1

        async def serve() -> web.Response:
            if _token(request) != APP_TOKEN:
                raise Refuses("invalid_auth")
            url = f"{self.base_url.replace('http', 'ws', 1)}/link?ticket={self.gateway.ticket()}"
            return web.json_response({"ok": True, "url": url})

        return await self._play("apps.connections.open", request, serve)

    async def _access(self, request: web.Request) -> web.Response:
        given = await given_by(request)

        async def serve() -> web.Response:
            if (given.get("client_id"), given.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
                raise Refuses("invalid_client_id")
            answer = self.codes.pop(str(given.get("code")), None)
            if answer is None:
                raise Refuses("invalid_code")
            owner = (answer.get("enterprise") if answer.get("is_enterprise_install") else None) or answer["team"]
            self.world.tokens[answer["access_token"]] = owner["id"]
            return web.json_response({"ok": True, **answer})

        return await self._play("oauth.v2.access", request, serve)

    async def _hook(self, request: web.Request) -> web.Response:
        key = request.match_info["key"]
        body = json.loads(await request.read())

        async def serve() -> web.Response:
            left, until = self._hooks.get(key, (0, self.world.now()))
            if self.world.now() >= until:
                return web.json_response({"ok": False, "error": "expired_url"}, status=404)
            if not left:
                return web.json_response({"ok": False, "error": "used_url"}, status=404)
            self._hooks[key] = (left - 1, until)
            self.private.append({**body, "shown": shown(body)})
            return web.Response(text="ok")

        return await self._play("hook", request, serve)

    async def _download(self, request: web.Request) -> web.Response:
        async def serve() -> web.Response:
            if _token(request) not in self.world.tokens:
                return web.Response(text="<html>sign in</html>", content_type="text/html")
            file = self.world.files[request.match_info["file"]]
            return web.Response(body=file.content, content_type=file.media_type)

        return await self._play("download", request, serve)

    async def _upload(self, request: web.Request) -> web.Response:
        content = await request.read()

        async def serve() -> web.Response:
            self.world.files[request.match_info["file"]].content = content
            return web.Response(text=f"OK - {len(content)}")

        return await self._play("upload", request, serve)


def _token(request: web.Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


def _written(text: str) -> str:
    """A person's text as the platform sends it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

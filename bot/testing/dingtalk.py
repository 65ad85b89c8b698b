"""A fake DingTalk on loopback: groups, sessions, custom robots, and callbacks signed as the platform signs them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from aiohttp import ClientSession, web

from bot.testing.dingtalk_bodies import MAX_BODY_BYTES, problem, shown
from bot.testing.dingtalk_openapi import OpenApi
from bot.testing.dingtalk_robot import Robot, mac
from bot.testing.dingtalk_stream import StreamGateway
from bot.testing.scripts import ScriptedServer

SESSION_LIFE = timedelta(minutes=90)
CORP = "dingfakecorp0001"
CLIENT_ID = "dingfakerobot001"
CLIENT_SECRET = "fake-client-secret"  # noqa: S105 - of the fake


@dataclass(frozen=True, slots=True)
class Post:
    """A message that appeared in a conversation."""

    conversation: str
    body: dict[str, Any]
    by: str
    """`session`, `openapi`, `card`, or the access token of the custom robot."""

    @property
    def text(self) -> str:
        """What a reader sees."""
        return shown(self.body)


@dataclass(frozen=True, slots=True)
class Callback:
    """A robot callback as the platform sends it."""

    headers: dict[str, str]
    body: bytes


class FakeDingTalk(ScriptedServer):
    """Takes what the real platform takes, refuses what it refuses: inside HTTP 200. Scripts hold for sends."""

    def __init__(self, now: Callable[[], datetime] | None = None) -> None:
        super().__init__()
        self._now = now or (lambda: datetime.now(UTC))
        self._sessions: dict[str, tuple[str, datetime]] = {}
        self._robots: dict[str, tuple[str, Robot]] = {}
        self._uuids: set[str] = set()
        self.posts: list[Post] = []
        self.requests = 0
        """Sends that arrived, refused ones too."""
        credentials, address = (CLIENT_ID, CLIENT_SECRET), self._address
        self.stream = StreamGateway(self._now, credentials, address)
        """Pushes messages to clients that connected."""
        self.openapi = OpenApi(self._now, credentials, play=self.play, shown=self._show, address=address)
        """Takes calls with an access token."""

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """The paths of the real hosts."""
        router.add_post("/robot/sendBySession", self._by_session)
        router.add_post("/robot/send", self._by_robot)
        self.stream.add_routes(router)
        self.openapi.add_routes(router)

    async def stop(self) -> None:
        """Let go of everybody who waits, and close."""
        self.stream.stopping.set()
        for link in list(self.stream.links):
            link.cut()
        await super().stop()

    def open_session(self, conversation: str, lasts: timedelta = SESSION_LIFE) -> str:
        """A session webhook for a conversation."""
        key = uuid4().hex
        self._sessions[key] = (conversation, self._now() + lasts)
        return f"{self.base_url}/robot/sendBySession?session={key}"

    def close_sessions(self) -> None:
        """Every session vanishes before its time."""
        self._sessions.clear()

    def add_robot(
        self, access_token: str, conversation: str, *, secret: str | None = None, keyword: str | None = None
    ) -> None:
        """A custom robot that posts into a conversation."""
        self._robots[access_token] = (conversation, Robot(secret, keyword))

    def configuration(self, name: str = "dingtalk", **more: Any) -> dict[str, Any]:
        """An `[[adapters]]` entry that speaks with this fake, in HTTP mode unless `mode` says otherwise."""
        robots = {
            f"robot{number}": {"access_token": token, "secret": robot.secret, "keyword": robot.keyword,
                               "conversation_id": conversation}
            for number, (token, (conversation, robot)) in enumerate(self._robots.items(), 1)
        }
        return {
            "name": name, "type": "dingtalk", "mode": "http", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET,
            "robot_code": CLIENT_ID, "corp_id": CORP, "oapi_base_url": self.base_url,
            "api_base_url": self.base_url, "custom_robots": robots, **more,
        }

    def says(
        self, text: str, *, staff: str = "manager8821", conversation: str = "cidGroup1==", **more: Any
    ) -> Callback:
        """The callback for a person's text to the robot; other fields of the payload by their names."""
        return self.signed(self.payload(text, staff=staff, conversation=conversation, **more))

    def payload(
        self, text: str, *, staff: str = "manager8821", conversation: str = "cidGroup1==", **more: Any
    ) -> dict[str, Any]:
        """A person's text to the robot, the same over HTTP and over Stream."""
        now_ms = int(self._now().timestamp() * 1000)
        payload = {
            "msgtype": "text", "text": {"content": f" {text} "}, "msgId": f"msg{uuid4().hex}==", "createAt": now_ms,
            "conversationType": "2", "conversationId": conversation, "conversationTitle": "包裹协同群",
            "senderId": f"$:LWCP_v1:${staff}", "senderStaffId": staff, "senderNick": "王晓敏", "senderCorpId": CORP,
            "chatbotCorpId": CORP, "chatbotUserId": "$:LWCP_v1:$robot", "robotCode": CLIENT_ID, "isInAtList": True,
            "sessionWebhook": self.open_session(conversation),
            "sessionWebhookExpiredTime": now_ms + int(SESSION_LIFE.total_seconds() * 1000),
        }
        return payload | more

    def signed(self, payload: object, secret: str = CLIENT_SECRET) -> Callback:
        """Any payload, signed now."""
        timestamp = str(int(self._now().timestamp() * 1000))
        headers = {"Content-Type": "application/json; charset=utf-8", "timestamp": timestamp,
                   "sign": mac(secret, timestamp)}
        return Callback(headers, json.dumps(payload).encode())

    async def call(self, url: str, callback: Callback) -> int:
        """Deliver a callback to a service; a message inside its answer is posted. Returns the HTTP status."""
        async with ClientSession(headers=callback.headers) as session, session.post(url, data=callback.body) as answer:
            if answer.status == 200:
                self.take_answer(json.loads(callback.body)["conversationId"], json.loads(await answer.read()))
            return answer.status

    def take_answer(self, conversation: str, body: dict[str, Any]) -> None:
        """The body of an answer to a callback: nothing, or a message for its conversation."""
        if body.get("msgtype") == "empty":
            return
        refusal = problem(body)
        if refusal is not None:
            raise AssertionError(f"the platform cannot show this answer: {refusal[1]}")
        self.posts.append(Post(conversation, body, "answer"))

    async def until(self, happened: Callable[[], object], seconds: float = 10.0) -> None:
        """Wait for requests until it has happened. Raises `TimeoutError` when it has not in time."""
        await self.stream.until(happened, seconds)

    def _address(self) -> str:
        return self.base_url

    def _show(self, conversation: str, body: dict[str, Any], by: str) -> None:
        self.posts.append(Post(conversation, body, by))

    async def _by_session(self, request: web.Request) -> web.Response:
        conversation, until = self._sessions.get(request.query.get("session", ""), ("", self._now()))

        def refuses(body: dict[str, Any]) -> tuple[int, str] | None:  # noqa: ARG001 - sessions look at no content
            return None if self._now() < until else (300001, "session 不存在")

        return await self._serve(request, conversation, "session", refuses)

    async def _by_robot(self, request: web.Request) -> web.Response:
        token = request.query.get("access_token", "")
        conversation, robot = self._robots.get(token, ("", None))

        def refuses(body: dict[str, Any]) -> tuple[int, str] | None:
            if robot is None:
                return 300001, "token is not exist"
            return robot.refuses(request.query, shown(body), self._now())

        return await self._serve(request, conversation, token, refuses)

    async def _serve(
        self, request: web.Request, conversation: str, by: str,
        refuses: Callable[[dict[str, Any]], tuple[int, str] | None],
    ) -> web.Response:
        raw = await request.read()
        self.requests += 1

        async def serve() -> web.Response:
            code, text = self._post(raw, request.content_type, conversation, by=by, refuses=refuses) or (0, "ok")
            return web.json_response({"errcode": code, "errmsg": text})

        return await self.play(request, serve)

    def _post(
        self, raw: bytes, content_type: str, conversation: str, *, by: str,
        refuses: Callable[[dict[str, Any]], tuple[int, str] | None],
    ) -> tuple[int, str] | None:
        if content_type != "application/json":
            return 43004, "无效的HTTP HEADER Content-Type"
        if len(raw) > MAX_BODY_BYTES:
            return 460101, "message too long, exceed 20000 bytes"
        try:
            body = json.loads(raw)
        except ValueError:
            return 40035, "缺少参数 json"
        refusal = problem(body) or refuses(body)
        if refusal is None and body.get("msgUuid") not in self._uuids:
            self.posts.append(Post(conversation, body, by))
            self._uuids |= {body["msgUuid"]} if "msgUuid" in body else set()
        return refusal

"""The Stream gateway of the fake DingTalk: tickets, pushes, acknowledgements, goodbyes, cuts, redelivery."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

from aiohttp import WSMsgType, web

TICKET_LIFE = timedelta(seconds=90)
REDELIVERED_AFTER = timedelta(seconds=60)
MESSAGES = "/v1.0/im/bot/messages/get"
CARDS = "/v1.0/card/instances/callback"
AUTH_FAILED = {"requestid": "1", "code": "authFailed", "message": "鉴权失败"}


@dataclass(slots=True)
class Push:
    """Something the platform has to deliver; it goes out again until it is acknowledged."""

    payload: Mapping[str, Any] | str
    topic: str
    kind: str = "CALLBACK"
    pushed_at: datetime | None = None
    tries: int = 0
    frames: list[str] = field(default_factory=list)
    """The frame's `messageId` of each try: each has its own."""
    ack: dict[str, Any] | None = None
    """The last acknowledgement."""

    @property
    def is_taken(self) -> bool:
        """True when it was acknowledged with 200."""
        return self.ack is not None and self.ack.get("code") == 200


@dataclass(slots=True, eq=False)
class Link:
    """One websocket of a client."""

    socket: web.WebSocketResponse
    request: web.Request
    leaving: bool = False
    """Told goodbye: nothing is pushed here any more."""
    frozen: bool = False
    """Half open: it looks healthy and nothing is heard of it, not even a pong."""
    pushed: int = 0
    closed_with: int | None = None

    def cut(self) -> None:
        """The network breaks."""
        if self.request.transport is not None:
            self.request.transport.abort()


class StreamGateway:
    """Pushes to one of the connected clients at random, as the platform does."""

    def __init__(
        self, now: Callable[[], datetime], credentials: tuple[str, str], address: Callable[[], str]
    ) -> None:
        self._now = now
        self._credentials = credentials
        self._address = address
        self.tickets: dict[str, datetime] = {}
        """Every ticket and its end; each opens one connection."""
        self._used: set[str] = set()
        self._news = asyncio.Condition()
        self.dice = Random(1)  # noqa: S311 - the same in every run
        self.registrations: list[dict[str, Any]] = []
        self.refusals: list[tuple[int, dict[str, Any]]] = []
        """Answers to the next registrations: status and body."""
        self.links: list[Link] = []
        """Open ones."""
        self.past: list[Link] = []
        self.most_links = 0
        """The most that were open at one time."""
        self.pushes: list[Push] = []
        self.acks: list[dict[str, Any]] = []
        """Everything clients said, in order."""
        self._by_frame: dict[str, Push] = {}
        self.disconnect_every: int | None = None
        """Say goodbye on a connection after so many messages."""
        self.cut_before = 0.0
        """Probability that the connection breaks with the message under way: it is lost."""
        self.cut_after = 0.0
        """Probability that it breaks once the message is there: its acknowledgement may be lost."""
        self.tickets_refused = 0
        self.tickets_end_at_once = False
        self.goodbye_at_once = False
        """Say goodbye to whoever connects."""
        self.deaf_to_goodbye = False
        """A client that closes hears nothing in return."""
        self.silent = False
        """Registrations are never answered."""
        self.stopping = asyncio.Event()
        """Lets go of what is never answered."""

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """The registration, and the websocket it names."""
        router.add_post("/v1.0/gateway/connections/open", self._open)
        router.add_get("/connect", self._connect)

    # ---- what a test does ----

    async def push(self, payload: Mapping[str, Any] | str, topic: str = MESSAGES, kind: str = "CALLBACK") -> Push:
        """Deliver a payload, now when a client is there, else when it is due again."""
        push = Push(payload, topic, kind)
        self.pushes.append(push)
        await self._send(push)
        return push

    async def redeliver(self) -> int:
        """Push again what was not acknowledged within 60 seconds of this gateway's clock; how many that were."""
        due = [push for push in self.pushes if not push.is_taken and self._is_due(push)]
        for push in due:
            await self._send(push)
        return len(due)

    async def redeliver_when_connected(self) -> int:
        """The same, each once somebody is there to push to."""
        due = [push for push in self.untaken if self._is_due(push)]
        for push in due:
            await self.until(lambda: self.open_links)
            await self._send(push)
        return len(due)

    async def say(self, topic: str, data: str = "", *, message_id: str = "sys1") -> None:
        """A SYSTEM frame on every connection; `disconnect` is goodbye."""
        headers = {"topic": topic, "messageId": message_id, "contentType": "application/json"}
        for link in list(self.links):
            link.leaving = link.leaving or topic == "disconnect"
            await self._write(link, json.dumps({"specVersion": "1.0", "type": "SYSTEM", "headers": headers,
                                                "data": data}))

    async def raw(self, text: str) -> None:
        """Any text on every connection."""
        for link in list(self.links):
            await self._write(link, text)

    async def until(self, happened: Callable[[], object], seconds: float = 10.0) -> None:
        """Wait for news until it has happened. Raises `TimeoutError` when it has not in time."""
        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(lambda: bool(happened()))

    @property
    def open_links(self) -> list[Link]:
        """Those that may be pushed to."""
        return [link for link in self.links if not link.leaving]

    @property
    def untaken(self) -> list[Push]:
        """What is not acknowledged yet."""
        return [push for push in self.pushes if not push.is_taken]

    # ---- the protocol ----

    async def _open(self, request: web.Request) -> web.Response:
        given = await request.json()
        self.registrations.append({"headers": dict(request.headers), "body": given})
        await self._tell()
        if self.silent:
            await self.stopping.wait()
        if self.refusals:
            status, body = self.refusals.pop(0)
            return web.json_response(body, status=status)
        if (given.get("clientId"), given.get("clientSecret")) != self._credentials:
            return web.json_response(AUTH_FAILED, status=401)
        ticket = str(uuid4())
        self.tickets[ticket] = self._now() + (timedelta(0) if self.tickets_end_at_once else TICKET_LIFE)
        endpoint = self._address().replace("http", "ws", 1) + "/connect"
        return web.json_response({"endpoint": endpoint, "ticket": ticket})

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        until = self.tickets.get(ticket)
        if until is None or until <= self._now() or ticket in self._used:
            self.tickets_refused += 1
            await self._tell()
            return web.Response(status=401)
        self._used.add(ticket)
        socket = web.WebSocketResponse(autoping=False, autoclose=not self.deaf_to_goodbye)
        await socket.prepare(request)
        link = Link(socket, request)
        self.links.append(link)
        self.most_links = max(self.most_links, len(self.links))
        await self._tell()
        if self.goodbye_at_once:
            await self.say("disconnect", "{}")
        try:
            async for message in socket:
                await self._heard(link, message.type, message.data)
            if self.deaf_to_goodbye:
                await self.stopping.wait()
        finally:
            self.links.remove(link)
            link.closed_with = socket.close_code
            self.past.append(link)
            await self._tell()
        return socket

    async def _heard(self, link: Link, kind: WSMsgType, data: Any) -> None:
        if link.frozen:
            return
        if kind is WSMsgType.PING:
            await link.socket.pong(data)
        elif kind is WSMsgType.TEXT:
            ack = json.loads(data)
            of = self._by_frame.get(ack["headers"]["messageId"])
            if of is not None and not of.is_taken:
                of.ack = ack
            self.acks.append(ack)
            await self._tell()

    async def _send(self, push: Push) -> None:
        push.tries, push.pushed_at = push.tries + 1, self._now()
        push.frames.append(f"{uuid4().hex[:16]}_{push.tries}")
        self._by_frame[push.frames[-1]] = push
        if not self.open_links:
            return
        link = self.dice.choice(self.open_links)
        link.pushed += 1
        if self.dice.random() < self.cut_before:
            link.leaving = True
            link.cut()
            return
        await self._write(link, json.dumps(self._frame(push), ensure_ascii=False))
        if self.dice.random() < self.cut_after:
            link.leaving = True
            link.cut()
        elif self.disconnect_every is not None and link.pushed >= self.disconnect_every:
            link.leaving = True
            headers = {"topic": "disconnect", "messageId": "bye", "contentType": "application/json"}
            await self._write(link, json.dumps({"type": "SYSTEM", "headers": headers,
                                                "data": '{"reason":"connection is expired"}'}))

    def _frame(self, push: Push) -> dict[str, Any]:
        data = push.payload if isinstance(push.payload, str) else json.dumps(push.payload)
        headers = {
            "appId": "fake", "connectionId": "fake", "contentType": "application/json", "messageId": push.frames[-1],
            "time": str(int(self._now().timestamp() * 1000)), "topic": push.topic,
        }
        return {"specVersion": "1.0", "type": push.kind, "headers": headers, "data": data}

    def _is_due(self, push: Push) -> bool:
        return push.pushed_at is not None and self._now() - push.pushed_at >= REDELIVERED_AFTER

    async def _write(self, link: Link, text: str) -> None:
        try:
            await link.socket.send_str(text)
        except (ConnectionError, RuntimeError):
            link.leaving = True

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

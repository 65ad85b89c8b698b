"""The Socket Mode gateway of a fake Slack: greets, delivers, hears acknowledgements, hangs up on demand."""

import asyncio
import json
from typing import Any
from uuid import uuid4

from aiohttp import WSMsgType, web


class SocketGateway:
    """Every open websocket, and what was not acknowledged yet."""

    def __init__(self) -> None:
        self.tickets: set[str] = set()
        self.sockets: list[web.WebSocketResponse] = []
        """Open ones, the newest last."""
        self.opened = 0
        """How many there have been."""
        self.greets = True
        """False: nothing is said when a websocket opens."""
        self.pending: dict[str, dict[str, Any]] = {}
        self.acknowledged: list[str] = []
        self.heard: list[dict[str, Any]] = []
        """Everything a client said, word for word."""
        self._requests: dict[web.WebSocketResponse, web.Request] = {}
        self._news = asyncio.Condition()

    def ticket(self) -> str:
        """Opens one websocket, once."""
        ticket = uuid4().hex
        self.tickets.add(ticket)
        return ticket

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The websocket's end."""
        if request.query.get("ticket") not in self.tickets:
            return web.Response(status=403)
        self.tickets.discard(request.query["ticket"])
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        self._requests[socket] = request
        self.opened += 1
        if self.greets:
            await socket.send_json({"type": "hello", "num_connections": len(self.sockets)})
        await self._tell()
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                await self._hear(json.loads(frame.data))
        self.sockets.remove(socket)
        del self._requests[socket]
        await self._tell()
        return socket

    async def deliver(self, kind: str, payload: Any, *, retry: int = 0) -> str:
        """Send an envelope over the newest websocket; its id."""
        envelope_id = str(uuid4())
        envelope: dict[str, Any] = {"envelope_id": envelope_id, "type": kind, "payload": payload,
                                    "accepts_response_payload": kind == "slash_commands"}
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""}
        self.pending[envelope_id] = envelope
        await self.sockets[-1].send_json(envelope)
        return envelope_id

    async def redeliver(self) -> int:
        """Send again what was not acknowledged; how much that was."""
        waiting = list(self.pending.values())
        for envelope in waiting:
            await self.sockets[-1].send_json(envelope)
        return len(waiting)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Say that the newest websocket will be closed soon."""
        await self.sockets[-1].send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "fake"}})

    async def close_oldest(self) -> None:
        """Close the oldest websocket, as announced."""
        await self.sockets[0].close()

    def cut(self) -> None:
        """The newest connection is gone without a word."""
        transport = self._requests[self.sockets[-1]].transport
        if transport is not None:
            transport.abort()

    async def when(self, test: Any, seconds: float = 10.0) -> None:
        """Returns once `test(gateway)` is true. Raises `TimeoutError` when it is not in time."""
        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(lambda: test(self))

    async def _hear(self, frame: dict[str, Any]) -> None:
        self.heard.append(frame)
        envelope_id = str(frame.get("envelope_id"))
        self.pending.pop(envelope_id, None)
        self.acknowledged.append(envelope_id)
        await self._tell()

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

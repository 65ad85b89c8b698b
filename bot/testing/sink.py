"""A server that takes whatever is posted to it and remembers it."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.testing.scripts import ScriptedServer


@dataclass(frozen=True, slots=True)
class Taken:
    """One request that arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Sink(ScriptedServer):
    """Takes every request; answers `{"errcode": 0, "errmsg": "ok"}` unless a script says otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[Taken] = []
        self._news = asyncio.Condition()

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Every path."""
        router.add_route("*", "/{path:.*}", self._handle)

    async def wait_for(self, number: int, seconds: float = 10.0) -> list[Taken]:
        """What arrived, once it is at least that many. Raises `TimeoutError` when it is not in time."""
        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(lambda: len(self.taken) >= number)
        return list(self.taken)

    async def _handle(self, request: web.Request) -> web.Response:
        body = await request.read()

        async def serve() -> web.Response:
            headers = {name.lower(): value for name, value in request.headers.items()}
            taken = Taken(request.method, request.path, dict(request.query), headers, body)
            async with self._news:
                self.taken.append(taken)
                self._news.notify_all()
            return web.json_response({"errcode": 0, "errmsg": "ok"})

        return await self.play(request, serve)

"""What a fake does with a request instead of serving it: the ways platforms fail."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.testing.server import LoopbackServer

Serve = Callable[[], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer this, and take nothing."""

    body: dict[str, Any] | list[Any] | str = field(default_factory=dict)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hang:
    """Never answer. With `taken` the message is served first, as when only the answer is lost."""

    taken: bool = False


@dataclass(frozen=True, slots=True)
class Reset:
    """Cut the connection. With `taken` the message is served first."""

    taken: bool = False


@dataclass(frozen=True, slots=True)
class Late:
    """Serve the message, and answer when the event is set."""

    release: asyncio.Event


@dataclass(frozen=True, slots=True)
class Usual:
    """Serve this one as usual; what comes after it in the script happens to a later request."""


Script = Answer | Hang | Reset | Late | Usual


class ScriptedServer(LoopbackServer):
    """A fake whose next answers can be written beforehand; when the script is over it serves as usual."""

    def __init__(self) -> None:
        super().__init__()
        self._script: deque[Script] = deque()

    def script(self, *steps: Script) -> None:
        """One step for each of the next requests."""
        self._script.extend(steps)

    async def play(self, request: web.Request, serve: Serve) -> web.Response:
        """The next step of the script, else `serve`."""
        step = self._script.popleft() if self._script else None
        if isinstance(step, Answer):
            return _written(step)
        if step is None or isinstance(step, Usual):
            return await serve()
        served = await serve() if isinstance(step, Late) or step.taken else web.Response()
        if isinstance(step, Late):
            await _either(step.release, self.stopping)
        elif isinstance(step, Hang):
            await self.stopping.wait()
        elif request.transport is not None:
            request.transport.abort()
        return served


def _written(step: Answer) -> web.Response:
    if isinstance(step.body, str):
        return web.Response(text=step.body, status=step.status, headers=step.headers)
    return web.json_response(step.body, status=step.status, headers=step.headers)


async def _either(first: asyncio.Event, second: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in (first, second)]
    _, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in pending:
        wait.cancel()

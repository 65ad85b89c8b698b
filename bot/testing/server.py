"""A real HTTP server on loopback that a test starts and stops."""

import asyncio
from types import TracebackType
from typing import Self

from aiohttp import web

MAX_BODY_BYTES = 64 * 1024 * 1024


class LoopbackServer:
    """Base of the fakes: `async with` starts it on a free port."""

    def __init__(self) -> None:
        self.base_url = ""
        """`http://127.0.0.1:<port>` while it runs."""
        self.stopping = asyncio.Event()
        """Set at the end, so that answers which hang are let go."""
        self._runner: web.AppRunner | None = None
        self._port = 0

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """A subclass names its routes here."""
        raise NotImplementedError

    async def start(self) -> None:
        """Listen on a free port, after a stop on the same one as before."""
        self.stopping.clear()
        application = web.Application(client_max_size=MAX_BODY_BYTES)
        self.add_routes(application.router)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self._port, self.base_url = port, f"http://{host}:{port}"

    async def stop(self) -> None:
        """Let go of everybody who waits, and close."""
        self.stopping.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

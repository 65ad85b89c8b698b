"""Listening: the application on its address, and off it again."""

import errno
from socket import gaierror

from aiohttp import web

from bot.errors import ParcelbridgeError

SHUTDOWN_SECONDS = 2.0
"""How long requests in work may take to end once we stop listening."""


class WebServer:
    """One application on one address."""

    def __init__(self, app: web.Application, *, host: str, port: int) -> None:
        self.app = app
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen. Raises `ParcelbridgeError` when the address cannot be had."""
        runner = web.AppRunner(
            self.app, access_log=None, handle_signals=False, shutdown_timeout=SHUTDOWN_SECONDS,
            auto_decompress=False,  # `bot.web.body` does it: a body that is not what it says is no error of ours
        )  # fmt: skip
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError as error:
            await runner.cleanup()
            raise _cannot_listen(error, self._host, self._port) from None
        self._runner = runner

    async def stop(self) -> None:
        """Take no new request, let those in work end, close every connection; safe to call twice."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    @property
    def address(self) -> str:
        """Where it listens, `http://host:port`; the port is the real one where 0 was asked for."""
        port = self._port
        if self._runner is not None and self._runner.addresses:
            port = self._runner.addresses[0][1]
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{port}"


def _cannot_listen(error: OSError, host: str, port: int) -> ParcelbridgeError:
    if error.errno == errno.EADDRINUSE:
        return ParcelbridgeError(f"[web] port = {port}: another program listens there; stop it or choose another port")
    if error.errno in (errno.EACCES, errno.EPERM):
        return ParcelbridgeError(f"[web] port = {port}: not allowed for this user; choose a port above 1023")
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, gaierror):
        return ParcelbridgeError(f"[web] host = {host!r}: not an address of this machine; use 127.0.0.1 or 0.0.0.0")
    return ParcelbridgeError(f"[web] {host}:{port} cannot be listened on: {error.strerror or error}")

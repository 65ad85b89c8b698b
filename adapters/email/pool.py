"""Connections to the server mail goes out through: kept while they are fresh, each used by one message at a time."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiosmtplib import SMTP, SMTPException

from adapters.email.config import SmtpServer

IDLE_SECONDS = 30.0
"""Servers close idle connections; one kept too long fails when it is needed."""
STEP_SECONDS = 8.0
CONNECT_SECONDS = 5.0
WAIT_SECONDS = 4.0


Token = Callable[[], Awaitable[str]]
"""Gives an access token, for servers that take no password."""


class Busy(Exception):
    """Every connection is in use, and none came free in time."""


@dataclass(slots=True)
class Connection:
    """One connection, logged in."""

    client: SMTP
    used: int = 0
    last_used: float = 0.0

    @property
    def is_fresh(self) -> bool:
        """Whether it is the first message on this connection."""
        return self.used <= 1


class Pool:
    """Opens at most as many connections as the configuration allows."""

    def __init__(self, server: SmtpServer, token: Token | None = None) -> None:
        self._server = server
        self._token = token
        self._free: list[Connection] = []
        self._places = asyncio.Semaphore(server.connections)
        self._closing: asyncio.TimerHandle | None = None
        self._open = False

    def open(self) -> None:
        """Connections may be made from now on."""
        self._open = True

    @asynccontextmanager
    async def connection(self, *, new: bool = False) -> AsyncIterator[Connection]:
        """A connection for one message; `new` takes none that was used before. One that fails is closed.

        Raises `Busy`, `SMTPException` or `OSError` when there is none to be had.
        """
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._places.acquire()
        except TimeoutError:
            raise Busy(f"all {self._server.connections} connections are in use") from None
        try:
            connection = await self._take(new)
            kept = False
            try:
                yield connection
                kept = True
            finally:
                self._put_back(connection, kept)
        finally:
            self._places.release()

    async def close(self) -> None:
        """Say good-bye on every connection that is not in use; those in use close when they come back."""
        self._open = False
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
        free, self._free = self._free, []
        await asyncio.gather(*(_quit(connection.client) for connection in free))

    async def _take(self, new: bool) -> Connection:
        now = asyncio.get_running_loop().time()
        while self._free:
            connection = self._free.pop()
            if not new and connection.client.is_connected and now - connection.last_used < IDLE_SECONDS:
                connection.used += 1
                return connection
            connection.client.close()
        return Connection(await connected(self._server, self._token), used=1)

    def _put_back(self, connection: Connection, kept: bool) -> None:
        worn = connection.used >= self._server.messages_per_connection
        if not kept or worn or not self._open or not connection.client.is_connected:
            connection.client.close()
            return
        loop = asyncio.get_running_loop()
        connection.last_used = loop.time()
        self._free.append(connection)
        if self._closing is None:
            self._closing = loop.call_later(IDLE_SECONDS, self._close_idle)

    def _close_idle(self) -> None:
        loop = asyncio.get_running_loop()
        old = [one for one in self._free if loop.time() - one.last_used >= IDLE_SECONDS]
        self._free = [one for one in self._free if one not in old]
        for connection in old:
            connection.client.close()
        self._closing = loop.call_later(IDLE_SECONDS, self._close_idle) if self._free else None


async def connected(server: SmtpServer, token: Token | None = None) -> SMTP:
    """A new connection, encrypted as configured and logged in."""
    client = SMTP(
        hostname=server.host,
        port=server.real_port,
        username=server.username,
        password=server.password.get_secret_value() if server.password is not None else None,
        oauth_token_generator=token if server.password is None else None,
        use_tls=server.security == "tls",
        start_tls=server.security == "starttls",
        tls_context=tls_context(server.ca_file) if server.security != "none" else None,
        timeout=STEP_SECONDS,
    )
    try:
        await client.connect(timeout=CONNECT_SECONDS)
        if client.is_ehlo_or_helo_needed:  # what it can do is asked before anything is sent
            await client.ehlo()
    except BaseException:  # whatever went wrong, a half-open connection must not stay behind
        client.close()
        raise
    return client


def tls_context(ca_file: str | None) -> ssl.SSLContext:
    """Verifies the server's certificate against the system's authorities, and one more where configured."""
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


def distrust_of(error: BaseException) -> str | None:
    """Why a certificate is not trusted, when that is what went wrong."""
    while error.__cause__ is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__
    if not isinstance(error, ssl.SSLError):
        return None
    reason = getattr(error, "verify_message", "") or error.reason or "TLS failed"
    return f"the mail server's certificate is not trusted: {reason}"


async def _quit(client: SMTP) -> None:
    with contextlib.suppress(SMTPException, OSError):
        await client.quit(timeout=0.3)
    client.close()

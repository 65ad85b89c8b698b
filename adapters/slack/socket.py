"""Socket Mode: a websocket held open where nobody can call us; the next one stands before the last is let go."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, ClientWSTimeout

from adapters.slack.answers import TOKEN
from adapters.slack.api import TIMEOUT, Api, Failure, Refusal
from adapters.slack.link import DISABLED, Link
from adapters.slack.routes import socket_address
from adapters.slack.values import text_of
from bot.contracts import AdapterHost

log = logging.getLogger(__name__)

STEPS = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between failed attempts to connect; each is spread by half, so that many do not come at once."""
TOKEN_STEP = 300.0
"""When the token is refused a person has to mend it; still we look again."""
LONG_ENOUGH = timedelta(seconds=30)
"""A connection lost sooner counts as a failed attempt, so that we do not knock without end."""
EXPECTED = ("warning", "refresh_requested")
"""The platform renews connections as a routine; then the next one is opened at once."""
LINGER_SECONDS = 12.0
"""The platform closes a connection that it said would end some ten seconds later; until then frames may come."""
HELLO_SECONDS = 10.0
HEARTBEAT_SECONDS = 30.0
"""A ping when nothing was heard for so long; without any frame for half as long again the connection is dead."""


async def rest(seconds: float) -> None:
    """Wait between attempts to connect; in one place, so that a test can make time pass."""
    await asyncio.sleep(seconds)


class NotConnected(Exception):
    """No websocket could be had; the text says why."""

    def __init__(self, reason: str, *, by_token: bool = False) -> None:
        super().__init__(reason)
        self.by_token = by_token


@dataclass(slots=True)
class SocketMode:
    """Keeps one connection alive, for one app."""

    api: Api
    app_token: str = field(repr=False)
    api_base_url: str
    host: AdapterHost
    make_link: Callable[[ClientWebSocketResponse, AdapterHost], Link]
    dice: Random = field(default_factory=Random)
    problem: str = ""
    """Why it is not connected; empty while all is well, and before the first attempt has ended."""
    ended: bool = False
    """It was told to stop, and connects no more by itself."""
    connected: int = 0
    """How often a connection was made."""
    _links: set[Link] = field(default_factory=set)
    _task: asyncio.Task[None] | None = None
    _retiring: set[asyncio.Task[None]] = field(default_factory=set)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def up(self) -> bool:
        """True while something can be received."""
        return any(link.alive and link.greeted.is_set() for link in self._links)

    def start(self) -> None:
        """Connect, and stay connected, in the background."""
        self._stopping.clear()
        self.problem, self.ended = "", False
        self._task = asyncio.ensure_future(self._stay())

    async def stop(self) -> None:
        """No new connection; what was received is stored and acknowledged, then the connections are closed."""
        self._stopping.set()
        task, self._task = self._task, None
        tasks = {task, *self._retiring} if task is not None else set(self._retiring)
        for each in tasks:
            each.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await asyncio.gather(*(link.close() for link in list(self._links)))
        self._links.clear()
        self.problem = "stopped"

    async def _stay(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                link = await self._connect()
            except Exception as error:  # noqa: BLE001 - a defect must not leave everybody unheard until a restart
                self._note(error)
                await self._rest(failures, by_token=isinstance(error, NotConnected) and error.by_token)
                failures += 1
                continue
            failures = await self._until_it_leaves(link, failures)
            if link.reason == DISABLED:
                self.problem = "Socket Mode is switched off for the app: switch it on"
                log.error("slack: %s", self.problem)
                self.ended = True
                return

    async def _until_it_leaves(self, link: Link, failures: int) -> int:
        """Returns when the next connection may be opened, with the number of failures before it."""
        for old in self._links - {link}:
            self._retire(old)
        since, self.problem = self.host.now(), ""
        self.connected += 1
        await link.leaving.wait()
        if link.reason in EXPECTED or link.reason == DISABLED:
            return 0
        self.problem = f"the connection was lost ({link.reason})"
        if self.host.now() - since >= LONG_ENOUGH:
            return 0
        await self._rest(failures, by_token=False)
        return failures + 1

    def _note(self, error: Exception) -> None:
        if isinstance(error, NotConnected):
            self.problem = str(error)
            log.warning("slack: no websocket: %s", error)
        else:
            self.problem = f"connecting failed: {type(error).__name__}"
            log.error("slack: a defect kept the websocket from being opened", exc_info=error)

    def _retire(self, old: Link) -> None:
        """It may still bring what was on its way; the platform closes it, or we do."""

        async def retire() -> None:
            with suppress(TimeoutError):
                async with asyncio.timeout(LINGER_SECONDS):
                    await old.ended.wait()
            await self._let_go(old)

        task = asyncio.ensure_future(retire())
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    async def _connect(self) -> Link:
        """A connection that has said hello. Raises `NotConnected`."""
        url = await self._address()
        address = socket_address(url, self.api_base_url)
        if address is None:
            raise NotConnected("the websocket's address is not under api_base_url")
        session: ClientSession = self.host.session
        try:
            async with asyncio.timeout(TIMEOUT.connect):
                websocket = await session.ws_connect(
                    address, heartbeat=HEARTBEAT_SECONDS, timeout=ClientWSTimeout(ws_close=1.0)
                )
        except (ClientError, TimeoutError, OSError) as error:  # the text may hold the address, which is a credential
            raise NotConnected(f"no connection: {type(error).__name__}") from None
        link = self.make_link(websocket, self.host)
        self._links.add(link)
        link.start()
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                await link.greeted.wait()
        except TimeoutError:
            await self._let_go(link)
            raise NotConnected("the websocket was opened and said nothing") from None
        if not link.alive:
            await self._let_go(link)
            raise NotConnected("the websocket was closed at once")
        return link

    async def _address(self) -> str:
        try:
            answer = await self.api.look("apps.connections.open", self.app_token, {})
        except Refusal as refusal:
            by_token = refusal.error in TOKEN
            fix = "; check app_token and its scope connections:write" if by_token else ""
            raise NotConnected(f"apps.connections.open: {refusal}{fix}", by_token=by_token) from None
        except Failure as failure:
            raise NotConnected(f"apps.connections.open: {failure}") from None
        return text_of(answer.get("url"))

    async def _let_go(self, link: Link) -> None:
        await link.close()
        self._links.discard(link)

    async def _rest(self, failures: int, *, by_token: bool) -> None:
        step = TOKEN_STEP if by_token else STEPS[min(failures, len(STEPS) - 1)]
        await rest(step * self.dice.uniform(0.75, 1.25))

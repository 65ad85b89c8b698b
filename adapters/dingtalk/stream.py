"""Stream mode: one supervisor that always keeps a connection up, and opens the new one before it leaves the old."""

import asyncio
import logging
from collections import Counter
from enum import StrEnum
from random import Random

from aiohttp import ClientError, ClientSession, ClientWSTimeout

from adapters.dingtalk.config import DingTalkConfig
from adapters.dingtalk.connection import Answer, Connection
from adapters.dingtalk.gateway import NotRegistered, register
from adapters.dingtalk.pace import StreamPace

log = logging.getLogger(__name__)

MAX_FRAME_BYTES = 1024 * 1024
CLOSE_SECONDS = 0.1
"""How long the server may take to answer our goodbye, which it has then heard; a service that stops has little time."""


class State(StrEnum):
    """Where Stream mode stands."""

    STOPPED = "stopped"
    REGISTERING = "registering"
    CONNECTING = "connecting"
    UP = "up"
    DRAINING = "draining"  # the server said goodbye; the next connection is being opened
    WAITING = "waiting"  # before the next attempt


class Stream:
    """Keeps one connection up from `start` to `stop`, for ever, however often it is refused."""

    def __init__(
        self, config: DingTalkConfig, answer: Answer, *, pace: StreamPace | None = None, dice: Random | None = None
    ) -> None:
        self.state = State.STOPPED
        self.problem = ""
        """Why there is no connection now."""
        self.refused = False
        """The credentials were refused: a person has to act."""
        self.down_since: float | None = None
        """Instant of the event loop's clock."""
        self.counts: Counter[str] = Counter()
        self._config = config
        self._answer = answer
        self._pace = pace or StreamPace()
        self._dice = dice or Random()  # noqa: S311 - spreads attempts, guards nothing
        self._failures = 0
        self._current: Connection | None = None
        self._open_ones: set[Connection] = set()
        self._draining: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._tried = asyncio.Event()

    async def start(self, session: ClientSession) -> None:
        """Begin; returns when the first attempt has ended, or after some seconds without waiting any longer."""
        self._tried.clear()
        self.down_since = asyncio.get_running_loop().time()
        self._task = asyncio.create_task(self._supervise(session))
        self._task.add_done_callback(self._supervisor_ended)
        waiting = asyncio.ensure_future(self._tried.wait())
        await asyncio.wait({waiting, self._task}, timeout=self._pace.start, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()

    async def stop(self) -> None:
        """Read no more; what was taken is stored and acknowledged; close. Safe to call twice."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
        draining = list(self._draining)
        for drain in draining:
            drain.cancel()
        await asyncio.gather(*draining, return_exceptions=True)
        await asyncio.gather(*(connection.finish() for connection in self._open_ones))
        self._open_ones.clear()
        self._current = None
        self.state = State.STOPPED

    @property
    def is_well(self) -> bool:
        """Up, or only just lost: a connection ends twice a day, and the next is there in a moment."""
        if self.state in (State.UP, State.DRAINING):
            return True
        if self.state is State.STOPPED or self.refused or not self.counts["opened"] or self.down_since is None:
            return False
        return asyncio.get_running_loop().time() - self.down_since < self._pace.down_after

    @property
    def has_ended(self) -> bool:
        """True when the supervisor itself has failed, which only a defect can do: nobody is heard any more."""
        return self._task is not None and self._task.done()

    def _supervisor_ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (fault := task.exception()) is not None:
            log.error("dingtalk %s: Stream mode has failed", self._config.name, exc_info=fault)

    # ---- the supervisor ----

    async def _supervise(self, session: ClientSession) -> None:
        while True:
            fresh = await self._open(session)
            self._tried.set()
            if fresh is None:
                self.state = State.WAITING
                await asyncio.sleep(self._wait_after_failure())
                continue
            self._switch_to(fresh)
            await self._until_over(fresh)
            if fresh.was_good:
                self._failures = 0
            if fresh.ended or not fresh.was_good:
                self._down("the connection has ended")
                self.state = State.WAITING
                await asyncio.sleep(self._wait_after_failure())
            else:
                self.state = State.DRAINING

    async def _open(self, session: ClientSession) -> Connection | None:
        replacing = self.state is State.DRAINING
        try:
            if not replacing:
                self.state = State.REGISTERING
            ticket = await register(session, self._config)
            if not replacing:
                self.state = State.CONNECTING
            async with asyncio.timeout(self._pace.handshake):
                socket = await session.ws_connect(
                    ticket.url, heartbeat=self._pace.heartbeat, max_msg_size=MAX_FRAME_BYTES,
                    timeout=ClientWSTimeout(ws_close=CLOSE_SECONDS),
                )
        except NotRegistered as error:
            self._refuse(str(error), credentials=error.credentials)
        except (ClientError, TimeoutError, OSError, ValueError) as error:  # their texts may hold the ticket
            self._refuse(f"the websocket cannot be opened: {type(error).__name__}", credentials=False)
        else:
            return Connection(socket, self._answer, pace=self._pace, counts=self.counts)
        return None

    def _refuse(self, reason: str, *, credentials: bool) -> None:
        self.counts["refused"] += 1
        tell = log.error if credentials and not self.refused else log.warning
        self.refused = credentials
        self._down(reason)
        tell("dingtalk %s: no Stream connection: %s", self._config.name, reason)

    def _down(self, reason: str) -> None:
        self.problem = reason
        if self.down_since is None:
            self.down_since = asyncio.get_running_loop().time()

    def _switch_to(self, fresh: Connection) -> None:
        """The new connection is up: only now is the old one left to end."""
        old, self._current = self._current, fresh
        self._open_ones.add(fresh)
        if old is not None:
            task = asyncio.create_task(self._drain(old))
            self._draining.add(task)
            task.add_done_callback(self._draining.discard)
        self.counts["opened"] += 1
        self.state, self.problem, self.refused, self.down_since = State.UP, "", False, None

    async def _drain(self, old: Connection) -> None:
        await old.drain()
        self._open_ones.discard(old)

    async def _until_over(self, connection: Connection) -> None:
        """Until the server says goodbye or ends it, or until it is old."""
        try:
            async with asyncio.timeout(self._pace.renew_after):
                await connection.leaving.wait()
        except TimeoutError:
            log.debug("dingtalk %s: the Stream connection is renewed", self._config.name)

    def _wait_after_failure(self) -> float:
        wait = self._pace.backoff(self._failures, self._dice)
        self._failures += 1
        return max(wait, self._pace.credentials_wait) if self.refused else wait

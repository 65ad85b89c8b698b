"""The life of whoever claims rows and works on them: woken by news, by a ticker, ended with a drain."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection

from bot.background import Background
from bot.clock import Clock
from bot.store import StoreError

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
"""Claims are tried this often without any news."""

Tasks = Callable[[], Collection[asyncio.Task[None]]]


class ClaimLoop:
    """Calls `look` whenever `wake` is set and once a second, from `start` to `stop`.

    `tasks` are those at work on what was claimed. Errors of the store and defects of a look end neither.
    """

    def __init__(
        self, name: str, clock: Clock, wake: asyncio.Event, look: Callable[[], Awaitable[None]], *, tasks: Tasks,
        counts: Counter[str],
    ) -> None:  # fmt: skip
        self._name = name
        self._clock = clock
        self._wake = wake
        self._look = look
        self._tasks = tasks
        self._counts = counts
        self._ticker = Background(self._tick)
        self._task: asyncio.Task[None] | None = None
        self.is_open = False
        """True from `start` to `stop`: something may be claimed."""

    def start(self) -> None:
        """Begin with what earlier runs left behind; must be called on the event loop."""
        self.is_open = True
        self._wake.set()
        self._ticker.start()
        self._task = asyncio.create_task(self._claim_forever(), name=f"{self._name}-claims")

    async def stop(self, *, drain_seconds: float, last_word_seconds: float) -> None:
        """Claim nothing more, let the tasks end, cancel those that have not, wait for their last word."""
        self.is_open = False
        await self._ticker.stop()
        await self._settled(drain_seconds)
        for task in self._tasks():
            task.cancel()
        await self._settled(last_word_seconds)

    async def _settled(self, seconds: float) -> None:
        """Wait for the loop and for every task, also for those the loop begins while it ends."""
        self._wake.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while tasks := {task for task in (self._task, *self._tasks()) if task is not None and not task.done()}:
                    await asyncio.wait(tasks)

    async def _claim_forever(self) -> None:
        while self.is_open:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._look()
            except StoreError as error:
                self._counts["store_errors"] += 1
                log.warning("%s: nothing can be claimed: %s", self._name, error)
            except Exception:  # a defect met in one claim must not end all work; the next look tries again
                log.exception("%s: a claim failed", self._name)

    async def _tick(self) -> None:
        while True:
            await self._clock.sleep(POLL_SECONDS)
            self._wake.set()

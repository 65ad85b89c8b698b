"""Keeps every adapter running, each for itself: one that fails is started again and again, the others never notice."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random

from bot.clock import Clock
from bot.contracts import Adapter, AdapterHost, Health
from bot.logs import redact
from bot.retry import next_wait

log = logging.getLogger(__name__)

START_SECONDS = 15.0
"""Longer must no start take."""
PATIENCE_SECONDS = 5.0
"""A service that begins waits for its adapters for so long; whoever needs longer goes on beside it."""
STOP_SECONDS = 8.0
"""For an adapter that is stopped only to be started again."""
LOOK_SECONDS = 2.0
"""How often a running adapter is asked whether what receives has ended."""
SETTLED = timedelta(minutes=5)
"""Whoever ran for so long begins anew with short waits."""
LONGEST_REASON = 200


class _Kept:
    """One adapter and how it stands."""

    def __init__(self, name: str, adapter: Adapter, clock: Clock, *, dice: Random, changed: Callable[[], None]) -> None:
        self.adapter = adapter
        self.up = False
        self.restarts = 0
        self.unwell_since: datetime | None = clock.now()
        """Since when it is not well; None while it is."""
        self.tried = asyncio.Event()
        """The first attempt has ended, well or not."""
        self._name = name
        self._clock = clock
        self._dice = dice
        self._changed = changed
        self._waited = 0.0
        self._problem = "it is being started"

    async def keep(self, host: AdapterHost) -> None:
        """Start it, watch over it, start it again: for ever."""
        while True:
            problem = await self._start(host)
            self.tried.set()
            if problem is None:
                problem = await self._until_it_ends()
            await self._rest(problem)
            self.restarts += 1

    def health(self) -> Health:
        """What the adapter says of itself while it runs, else why it does not."""
        figures = {"restarts": float(self.restarts)}
        if not self.up:
            return Health(False, "failed", self._problem, figures)
        try:
            said = self.adapter.health()
        except Exception as error:  # noqa: BLE001 - the others' state must be told all the same
            return Health(False, "unknown", f"its health cannot be told: {redact(_reason(error))}", figures)
        return Health(said.ok, said.state, said.detail, {**said.figures, **figures}, ended=said.ended)

    async def _start(self, host: AdapterHost) -> str | None:
        """None when it runs, else why not."""
        try:
            async with asyncio.timeout(START_SECONDS):
                await self.adapter.start(host)
        except TimeoutError:
            return f"it did not start within {START_SECONDS:.0f} s"
        except asyncio.CancelledError:
            if _told_to_end():
                raise
            return "it could not be started: what it waited for was cancelled"
        except Exception as error:  # noqa: BLE001 - the others must run whatever this one does
            return f"it could not be started: {_reason(error)}"
        self.up = True
        self._changed()
        return None

    async def _until_it_ends(self) -> str:
        since = self._clock.now()
        while not (health := self._looked_at()).ended:
            await self._clock.sleep(LOOK_SECONDS)
            if self._clock.now() - since >= SETTLED:
                self._waited = 0.0
        return f"it has ended: {health.detail or health.state}"

    def _looked_at(self) -> Health:
        health = self.health()
        self.unwell_since = None if health.ok else self.unwell_since or self._clock.now()
        return health

    async def _rest(self, problem: str) -> None:
        """Leave nothing half open, then wait, each time a little longer."""
        self.up = False
        self.unwell_since = self.unwell_since or self._clock.now()
        self._waited = next_wait(self._waited, self._dice)
        again = self._clock.now() + timedelta(seconds=self._waited)
        self._problem = f"{redact(problem)}; it is tried again at {_clock_time(again)}"
        log.error("adapter %s: %s", self._name, self._problem)
        await stop_quietly(self._name, self.adapter)
        await self._clock.sleep(self._waited)


class Supervision:
    """Every adapter of a service, from `start` to `stop`."""

    def __init__(self, adapters: Mapping[str, Adapter], clock: Clock, *, dice: Random | None = None) -> None:
        dice = dice or Random()  # noqa: S311 - spreads attempts, guards nothing
        self.on_change: Callable[[], None] = lambda: None
        """Called when an adapter has begun to run."""
        self._kept = {
            name: _Kept(name, adapter, clock, dice=dice, changed=lambda: self.on_change())
            for name, adapter in adapters.items()
        }
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, host: AdapterHost) -> None:
        """Begin with all of them side by side; returns once each has been tried, or soon, and raises for none."""
        self._tasks = [
            asyncio.create_task(kept.keep(host), name=f"adapter-{name}") for name, kept in self._kept.items()
        ]
        tries = [asyncio.ensure_future(kept.tried.wait()) for kept in self._kept.values()]
        if tries:
            _, slow = await asyncio.wait(tries, timeout=PATIENCE_SECONDS)
            for one in slow:
                one.cancel()

    async def stop(self) -> None:
        """Start nothing again, and stop every adapter side by side; safe to call twice, and before the start."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await asyncio.gather(*(stop_quietly(name, kept.adapter) for name, kept in self._kept.items()))
        for kept in self._kept.values():
            kept.up = False

    def is_up(self, name: str) -> bool:
        """Whether that adapter runs: what waits for another one waits, and no attempt is spent on it."""
        kept = self._kept.get(name)
        return kept is not None and kept.up

    def health(self) -> Mapping[str, Health]:
        """How each stands, by name."""
        return {name: kept.health() for name, kept in self._kept.items()}

    def unwell_since(self) -> Mapping[str, datetime]:
        """Since when those that are not well are so, by name; as seen some seconds ago."""
        return {name: kept.unwell_since for name, kept in self._kept.items() if kept.unwell_since is not None}


async def stop_quietly(name: str, adapter: Adapter) -> None:
    """Stop an adapter; what it does wrong is logged and goes no further."""
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await adapter.stop()
                return
        log.warning("adapter %s did not stop within %s s", name, STOP_SECONDS)
    except asyncio.CancelledError:
        if _told_to_end():
            raise
        log.warning("adapter %s: what it waited for while it was stopped was cancelled", name)
    except Exception:  # a defect of one must not keep the others from stopping
        log.exception("adapter %s failed while it was stopped", name)


def _told_to_end() -> bool:
    """Whether this task itself was cancelled; else it was something an adapter waited for, most often its own task."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


def _reason(error: Exception) -> str:
    told = " ".join(str(error).split())[:LONGEST_REASON]
    return f"{type(error).__name__}: {told}" if told else type(error).__name__


def _clock_time(at: datetime) -> str:
    return f"{at:%H:%M:%S} UTC"

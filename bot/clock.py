"""Time is a value: everything that asks what time it is, or waits, asks a clock it was given."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """A source of time."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait for that much of this clock's time."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait for that much real time."""
        await asyncio.sleep(seconds)


class MovableClock:
    """A clock that can be moved forward: frozen (tests, replays) or running, real time plus a shift (the demo)."""

    def __init__(self, start: datetime | None = None, *, running: bool = False) -> None:
        if start is not None and start.tzinfo is None:
            raise ValueError(f"a clock needs an instant with a zone, not {start!r}")
        self._running = running
        self._base = (start or datetime.now(UTC)).astimezone(UTC)
        self._shift = self._base - datetime.now(UTC) if running else timedelta(0)
        self._sleepers: set[tuple[datetime, asyncio.Event]] = set()

    def now(self) -> datetime:
        """The present instant of this clock, aware, UTC."""
        return datetime.now(UTC) + self._shift if self._running else self._base

    def advance(self, by: timedelta) -> None:
        """Move forward and wake everyone whose time has come. Going back is an error."""
        if by < timedelta(0):
            raise ValueError(f"a clock does not go back: {by}")
        if self._running:
            self._shift += by
        else:
            self._base += by
        now = self.now()
        for until, event in self._sleepers:
            if until <= now:
                event.set()

    async def sleep(self, seconds: float) -> None:
        """Wait for that much of this clock's time, moved or real."""
        until = self.now() + timedelta(seconds=seconds)
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        sleeper = (until, asyncio.Event())
        self._sleepers.add(sleeper)
        try:
            timeout = seconds if self._running else None
            await asyncio.wait_for(sleeper[1].wait(), timeout)
        except TimeoutError:
            pass  # the real time has passed: that is what a running clock waits for
        finally:
            self._sleepers.discard(sleeper)

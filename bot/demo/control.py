"""The demo's control: a carrier reports a delay, and time passes until everybody who should know was told."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bot.clock import MovableClock
from bot.demo.fleet import Haul
from bot.demo.state import DemoState
from bot.demo.world import Line, World, retimed

SLIP = {"air": timedelta(hours=9), "rail": timedelta(hours=60)}
STEP, STEPS, PAUSE_SECONDS = timedelta(minutes=3), 9, 0.3
"""Time passes in steps, with room between them for the service to do what is due."""


class NoSuchHaul(ValueError):
    """The flight or train is not under way, or has been delayed already."""


def on_time(world: World, now: datetime) -> list[Haul]:
    """What has not arrived and is not known to be late."""
    return [haul for haul in world.hauls if haul.arrival > now and haul.late_arrival < timedelta(hours=2)]


@dataclass(slots=True)
class Control:
    """Delays the hauls of one world."""

    world: World
    clock: MovableClock
    folder: Path
    intake: Callable[[Sequence[Line]], Awaitable[object]]
    started_at: Callable[[], datetime]
    """Real time, to know how far the clock is ahead."""
    _delayed: set[str] = field(default_factory=set)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def under_way(self) -> list[Haul]:
        """What can still be late: not arrived, on time so far."""
        return [haul for haul in on_time(self.world, self.clock.now()) if haul.key not in self._delayed]

    async def delay(self, key: str) -> tuple[Haul, datetime]:
        """Make a haul late; returns it and its new arrival. Raises `NoSuchHaul`."""
        async with self._lock:
            haul = next((one for one in self.under_way() if one.key == key), None)
            if haul is None:
                raise NoSuchHaul(key)
            self._delayed.add(key)
            arrival = haul.planned_arrival + SLIP[haul.mode]
            await self.intake([retimed(haul, arrival, self.clock.now())])
            for _ in range(STEPS):
                self.clock.advance(STEP)
                await asyncio.sleep(PAUSE_SECONDS)
            self.save()
            return haul, arrival

    def save(self) -> None:
        """Remember how far the clock is ahead."""
        DemoState(self.world.now, self.clock.now() - self.started_at()).save(self.folder)

"""A ticker: sets an event again and again, so that who waits for news also looks without any."""

import asyncio

from bot.clock import Clock


class Ticker:
    """Sets `event` every `seconds` of the clock from `start` to `stop`."""

    def __init__(self, clock: Clock, seconds: float, event: asyncio.Event) -> None:
        self._clock = clock
        self._seconds = seconds
        self._event = event
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; must be called on the event loop."""
        self._task = asyncio.create_task(self._tick())

    async def stop(self) -> None:
        """End; safe to call twice."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None

    async def _tick(self) -> None:
        while True:
            await self._clock.sleep(self._seconds)
            self._event.set()

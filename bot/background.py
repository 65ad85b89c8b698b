"""A task with an owner: started once, stopped for sure."""

import asyncio
from collections.abc import Awaitable, Callable


class Background:
    """Runs `work` until it is stopped."""

    def __init__(self, work: Callable[[], Awaitable[None]]) -> None:
        self._work = work
        self._task: asyncio.Future[None] | None = None

    def start(self) -> None:
        """Begin; must be called on the event loop."""
        self._task = asyncio.ensure_future(self._work())

    async def stop(self) -> None:
        """Cancel and wait for the end; safe to call twice."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

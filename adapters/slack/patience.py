"""A limit of time for handing messages over: one timer watches over all, which costs less than one for each."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")

SECONDS = 2.4
"""The platform waits three for its acknowledgement; later it delivers again."""
TICK = 0.2


@dataclass(slots=True)
class Patience:
    """Gives up what takes too long."""

    _since: dict["asyncio.Task[object]", float] = field(default_factory=dict)
    _late: set["asyncio.Task[object]"] = field(default_factory=set)
    _ticking: bool = False

    async def wait(self, doing: Awaitable[T]) -> T:
        """What it comes to. Raises `TimeoutError` when that takes too long."""
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None
        self._since[task] = loop.time()
        if not self._ticking:
            self._ticking = True
            loop.call_later(TICK, self._tick, loop)
        try:
            return await doing
        except asyncio.CancelledError:
            if task not in self._late or task.uncancel() > 0:  # somebody else wants the task to end
                raise
            raise TimeoutError from None
        finally:
            del self._since[task]
            self._late.discard(task)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        """Those who began first stand first, so the look ends at the first that still has time."""
        before = loop.time() - SECONDS
        for task, since in self._since.items():
            if since > before:
                break
            if task not in self._late:
                self._late.add(task)
                task.cancel()
        self._ticking = bool(self._since)
        if self._ticking:
            loop.call_later(TICK, self._tick, loop)

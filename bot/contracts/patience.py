"""Ends what takes too long, by one timer for everybody: a timer each costs more than most of what it would watch."""

import asyncio
from collections.abc import Awaitable
from time import monotonic
from typing import Any, TypeVar

T = TypeVar("T")

LOOK_SECONDS = 0.1


class Patience:
    """Bounds the time of many short things; a little late, at most by `LOOK_SECONDS`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until: dict[asyncio.Task[Any], float] = {}
        """Who is watched; those that began first come first."""
        self._ended: set[asyncio.Task[Any]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._idle = asyncio.Event()

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        while self._until:
            self._idle.clear()
            await self._idle.wait()

    async def bound(self, doing: Awaitable[T]) -> T:
        """The result, or `TimeoutError`. A task bounds one thing at a time."""
        task = asyncio.current_task()
        assert task is not None
        self._until[task] = monotonic() + self._seconds
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look)
        try:
            return await doing
        except asyncio.CancelledError:
            if task in self._ended and task.uncancel() == 0:
                raise TimeoutError from None
            raise
        finally:
            del self._until[task]
            if self._ended:
                self._ended.discard(task)
            if not self._until:
                self._idle.set()

    def _look(self) -> None:
        now = monotonic()
        for task, until in self._until.items():
            if until > now:
                break
            if task not in self._ended:
                self._ended.add(task)
                task.cancel()
        again = asyncio.get_running_loop().call_later
        self._timer = again(LOOK_SECONDS, self._look) if self._until else None

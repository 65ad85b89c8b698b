"""Ends what takes too long, by one timer for everybody: a timer each costs more than most of what it would watch."""

import asyncio
from collections.abc import Awaitable
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

    async def bound(self, doing: Awaitable[T]) -> T:
        """The result, or `TimeoutError`. A task bounds one thing at a time."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        self._until[task] = loop.time() + self._seconds
        if self._timer is None:
            self._timer = loop.call_later(LOOK_SECONDS, self._look)
        try:
            return await doing
        except asyncio.CancelledError:
            if task in self._ended and task.uncancel() == 0:
                raise TimeoutError from None
            raise
        finally:
            del self._until[task]
            self._ended.discard(task)

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for task, until in self._until.items():
            if until > now:
                break
            if task not in self._ended:
                self._ended.add(task)
                task.cancel()
        self._timer = loop.call_later(LOOK_SECONDS, self._look) if self._until else None

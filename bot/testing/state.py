"""What an adapter keeps, in memory: for tests of adapters."""

from collections.abc import Callable
from datetime import datetime


class MemoryState:
    """An `AdapterState` that lasts as long as its host."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._kept: dict[str, tuple[str, datetime | None]] = {}
        self._counts: dict[str, int] = {}

    async def get(self, key: str) -> str | None:
        """See `AdapterState`."""
        value, until = self._kept.get(key, (None, None))
        return None if until is not None and until <= self._now() else value

    async def put(self, key: str, value: str, *, until: datetime | None = None) -> None:
        """See `AdapterState`."""
        self._kept[key] = (value, until)

    async def drop(self, key: str) -> None:
        """See `AdapterState`."""
        self._kept.pop(key, None)
        self._counts.pop(key, None)

    async def count(self, key: str, by: int = 1, *, until: datetime | None = None) -> int:  # noqa: ARG002 - in memory
        """See `AdapterState`."""
        self._counts[key] = self._counts.get(key, 0) + by
        return self._counts[key]

"""What has been opened and how long each part may take to close, so that stopping ends in time whatever hangs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

Stop = Callable[[], Awaitable[object]]


class Closer:
    """Closes in the reverse order of opening."""

    def __init__(self) -> None:
        self._steps: list[tuple[str, float, tuple[Stop, ...]]] = []

    def add(self, name: str, seconds: float, *stops: Stop) -> None:
        """Remember how to close a part; several ways are taken side by side. Every one must bear a part not started."""
        self._steps.append((name, seconds, stops))

    async def close(self) -> list[str]:
        """Close everything; the names of the parts that did not end in time or failed."""
        late = []
        while self._steps:
            name, seconds, stops = self._steps.pop()
            if not await _closed(name, seconds, stops):
                late.append(name)
        return late


async def _closed(name: str, seconds: float, stops: tuple[Stop, ...]) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await asyncio.gather(*(stop() for stop in stops))
    except TimeoutError:
        log.warning("%s did not end within %s s; the next run takes up what is left", name, seconds)
        return False
    except Exception:  # one part's defect must not keep the others from closing
        log.exception("%s failed while it was stopped", name)
        return False
    return True

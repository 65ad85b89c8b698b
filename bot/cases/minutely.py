"""What the desk waits for is looked at once a minute."""

import logging
from collections.abc import Awaitable, Callable

from bot.clock import Clock
from bot.store import StoreError

log = logging.getLogger(__name__)

EVERY_SECONDS = 60.0


async def every_minute(clock: Clock, look: Callable[[], Awaitable[object]], *, failed: str) -> None:
    """Until cancelled. A store that is busy or away is tried again a minute later; `failed` is what the log says."""
    while True:
        await clock.sleep(EVERY_SECONDS)
        try:
            await look()
        except StoreError as error:
            log.warning("%s: %s", failed, error)

"""Once an hour: what is older than the configuration allows is forgotten."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from bot.adapter_state import forget_expired
from bot.clock import Clock
from bot.inbox.retention import BATCH, forget_answered
from bot.skills.memory import forget
from bot.store import Store, StoreError
from bot.tracking.oddities import forget_oddities
from bot.workbook import forget_requests

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
ROUNDS = 100
"""Batches of one turn at the most; the rest waits for the next."""


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """Keeps what people wrote for `keep`, counted from when it was answered."""

    store: Store
    clock: Clock
    keep: timedelta

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.tidy()
            except StoreError as error:
                log.warning("old messages could not be forgotten: %s", error)
            await self.clock.sleep(EVERY.total_seconds())

    async def tidy(self) -> int:
        """Forget what is too old now; how many messages that were."""
        now, gone = self.clock.now(), 0
        before = now - self.keep
        await self.store.write(lambda conn: forget(conn, before))
        await self.store.write(lambda conn: forget_requests(conn, before))
        await self.store.write(lambda conn: forget_expired(conn, now))
        await self.store.write(lambda conn: forget_oddities(conn, now))
        for _ in range(ROUNDS):
            batch = await self.store.write(lambda conn: forget_answered(conn, before))
            gone += batch
            if batch < BATCH:
                break
        return gone

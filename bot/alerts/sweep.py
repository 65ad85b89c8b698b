"""The sweep: what became late, what was held long enough, whom to tell. All state is in the store."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from sqlalchemy import Connection

from bot.alerts import episodes
from bot.alerts.catch_up import open_window, opening
from bot.alerts.episodes import Timing
from bot.alerts.flush import Desk, due_groups, flush
from bot.alerts.quiet import QuietHours, QuietSetting
from bot.alerts.telling import NotePush
from bot.clock import Clock
from bot.delays import Standards
from bot.store import Store
from bot.store.errors import StoreError
from bot.tracking.affected import anything_due
from bot.tracking.due import take_due
from bot.tracking.lateness import LatenessEnded, LatenessObserver

logger = logging.getLogger(__name__)

BATCH = 1_000
"""Parcels in one transaction: short enough that questions do not wait for the one writer."""
ROUNDS = 200
"""Batches of one tick at the most; the rest comes with the next."""


class SweepSettings(Timing, Protocol):
    """`[alerts]`."""

    @property
    def sweep_every(self) -> timedelta:
        """Between two looks."""

    @property
    def quiet_hours(self) -> QuietSetting:
        """When only critical alerts are pushed."""


@dataclass(slots=True)
class Swept:
    """What one tick did."""

    started: int = 0
    fired: int = 0
    messages: int = 0


def observer(timing: Timing) -> LatenessObserver:
    """What ingest calls when a lateness has ended, inside its transaction."""

    def observe(conn: Connection, ended: Sequence[LatenessEnded], now: datetime) -> None:
        episodes.end(conn, ended, now, timing=timing)

    return observe


class Sweeper:
    """Looks at the store every few seconds, or when asked to."""

    def __init__(
        self, store: Store, clock: Clock, settings: SweepSettings, standards: Standards, *,
        note: NotePush | None = None, attach: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        self._store = store
        self._clock = clock
        self._settings = settings
        self._standards = standards
        self._desk = Desk(settings, QuietHours.of(settings.quiet_hours), note, attach)

    async def run(self) -> None:
        """Until cancelled. A store that is busy or away is tried again at the next look."""
        while True:
            try:
                await self.tick()
            except StoreError as error:
                logger.warning("the sweep could not look at the store: %s", error)
            except Exception:  # a fault in one look must not silence every alert that is still to come
                logger.exception("the sweep failed; it looks again in a moment")
            await self._clock.sleep(self._settings.sweep_every.total_seconds())

    async def tick(self) -> Swept:
        """One look: start, fire, open quiet hours, tell."""
        swept = Swept()
        await self._start(swept)
        await self._fire(swept)
        await self._tell(swept)
        return swept

    async def _start(self, swept: Swept) -> None:
        now = self._clock.now()
        for _ in range(ROUNDS):
            if not await self._store.read(lambda conn: anything_due(conn, now)):
                return

            def unit(conn: Connection) -> int:
                late = take_due(conn, now, limit=BATCH, standards=self._standards)
                episodes.open_episodes(conn, late, now=now, timing=self._settings)
                return len(late)

            swept.started += await self._store.write(unit)

    async def _fire(self, swept: Swept) -> None:
        now = self._clock.now()
        for _ in range(ROUNDS):
            if not await self._store.read(lambda conn: episodes.anything_pending(conn, now)):
                return

            def unit(conn: Connection) -> int:
                return episodes.fire(conn, now=now, timing=self._settings, limit=BATCH)

            fired = await self._store.write(unit)
            swept.fired += fired
            if not fired:
                return  # another replica is at it

    async def _tell(self, swept: Swept) -> None:
        now = self._clock.now()
        for conversation_id in await self._store.read(lambda conn: opening(conn, now, limit=BATCH)):
            swept.messages += await self._guarded(partial(_window, conversation_id, now, self._desk))
        for group_id in await self._store.read(lambda conn: due_groups(conn, now, limit=BATCH)):
            swept.messages += await self._guarded(partial(_flush, group_id, now, self._desk))

    async def _guarded(self, unit: Callable[[Connection], int]) -> int:
        try:
            return await self._store.write(unit)
        except StoreError:
            raise
        except Exception:  # protects the readers of all other groups; this one is tried again at the next look
            logger.exception("an alert could not be told")
            return 0


def _window(conversation_id: int, now: datetime, desk: Desk, conn: Connection) -> int:
    return open_window(conn, conversation_id, now, desk)


def _flush(group_id: int, now: datetime, desk: Desk, conn: Connection) -> int:
    return flush(conn, group_id, now, desk)

"""The way in for events: streams of rows in batches, each batch one transaction; objects of the API."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from sqlalchemy import Connection, select

from bot.clock import Clock
from bot.people.tables import partner as partner_table
from bot.store import Store
from bot.store.schema import to_micros
from bot.tracking.ingest.batch import Batch
from bot.tracking.ingest.events import Memory
from bot.tracking.ingest.judging import Standards
from bot.tracking.ingest.objects import BadRow, read_object
from bot.tracking.ingest.rows import Counts, EventRow
from bot.tracking.lateness import LatenessObserver, RetimedObserver
from bot.tracking.oddities import QUARANTINED, oddities, told

log = logging.getLogger(__name__)

BATCH_ROWS = 1_500
"""Short enough that questions do not wait for the one writer."""
READ_AT_ONCE = 250
"""Objects read before others on the event loop have their turn."""
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class ObjectError:
    """Why one object of many was not taken."""

    index: int
    reason: str


class Ingest:
    """Stores events; the same events again change nothing."""

    def __init__(
        self, store: Store, clock: Clock, *, standards: Standards, observers: Sequence[LatenessObserver] = (),
        on_retimed: RetimedObserver | None = None,
    ) -> None:  # fmt: skip
        self._store = store
        self._clock = clock
        self._standards = standards
        self._observers = observers
        self._on_retimed = on_retimed
        self._memory = Memory()
        self._warned: dict[tuple[str, int], date] = {}

    async def take(self, rows: Sequence[EventRow]) -> Counts:
        """One batch."""
        now = to_micros(self._clock.now())

        def unit(conn: Connection) -> Counts:
            batch = Batch(conn, rows, standards=self._standards, now=now, memory=self._memory)
            return batch.apply(self._observers, self._on_retimed)

        counts = await self._store.write(unit, patience=PATIENCE_SECONDS)
        if counts.unknown or counts.quarantined:
            await self._warn()
        return counts

    async def _warn(self) -> None:
        """Say once a day of a source that it sends codes nobody knows, or events from the future."""
        now = self._clock.now()
        for one in await self._store.read(lambda conn: oddities(conn, now)):
            key, today = (one.source, one.kind), now.date()
            if self._warned.get(key) == today or not (one.too_many or one.kind == QUARANTINED):
                continue
            self._warned[key] = today
            log.warning("feed %s: %s", one.source, told(one))

    async def take_all(self, rows: Iterable[EventRow]) -> Counts:
        """A stream, batch by batch; memory stays bounded."""
        counts, stream = Counts(), iter(rows)
        while part := list(islice(stream, BATCH_ROWS)):
            counts.add(await self.take(part))
        return counts

    async def take_objects(
        self, objects: Sequence[object], *, partner: str | None, source: str
    ) -> tuple[Counts, list[ObjectError]]:
        """Objects of our own format: what can be stored is, the rest is named."""
        known = await self._store.read(known_partners)
        now = to_micros(self._clock.now())
        rows: list[EventRow] = []
        errors: list[ObjectError] = []
        for index, value in enumerate(objects):
            if index % READ_AT_ONCE == 0:
                await asyncio.sleep(0)
            try:
                rows.append(
                    read_object(value, now=now, partner=partner, source=source, line=index, known=known)
                )
            except BadRow as error:
                errors.append(ObjectError(index, str(error)))
        counts = await self.take_all(rows)
        counts.read, counts.rejected = len(objects), len(errors)
        return counts, errors


def known_partners(conn: Connection) -> frozenset[str]:
    """Codes of all partners."""
    return frozenset(conn.execute(select(partner_table.c.code)).scalars())

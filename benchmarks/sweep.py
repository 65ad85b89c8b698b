"""A sweep over open parcels of which a thousand became late, beside the bare indexed range query.

Half a million and a million open parcels are measured in turns, so that what slows the machine slows both.
"""

import gc
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from benchmarks.parts.channel import in_turn
from benchmarks.parts.world import PARCELS, fill
from bot.alerts.sweep import Sweeper
from bot.alerts.tables import alert
from bot.clock import MovableClock
from bot.delays import Standards
from bot.people.tables import partner
from bot.settings.model import AlertSettings
from bot.store import Store, open_store
from bot.store.schema import metadata, to_micros

LATE, WARM_UP, ROUNDS = 1_000, 2, 15
_BARE = (
    "SELECT parcel.id, partner_id, number, at, due_milestone, due_rule, linehaul_id, milestone, status_at "
    "FROM parcel_due JOIN parcel ON parcel.id = parcel_due.parcel_id WHERE at <= ? ORDER BY at LIMIT 100000"
)


def main() -> None:
    in_turn(_measured)


async def _measured(folder: Path) -> None:
    worlds = [await _world(folder / f"{count}.db", count) for count in (PARCELS // 2, PARCELS)]
    for number in range(WARM_UP + ROUNDS):
        for world in worlds if number % 2 else reversed(worlds):
            await world.round(number)
    for world in worlds:
        world.tell()
        await world.store.close()
    small, big = (world.ours for world in worlds)
    real, busy = (median(_ratios(*both)) for both in ((big.real, small.real), (big.busy, small.busy)))
    print(f"growth when open parcels double, median of {ROUNDS} pairs of rounds: {real:.2f} (processor {busy:.2f})")


@dataclass(slots=True)
class _Times:
    """Wall time and processor time of every round."""

    real: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)

    def begin(self) -> Callable[[], None]:
        real, busy = time.perf_counter(), time.process_time()

        def end() -> None:
            self.real.append(time.perf_counter() - real)
            self.busy.append(time.process_time() - busy)
        return end

    def __str__(self) -> str:
        real, busy = (median(times[WARM_UP:]) * 1e3 for times in (self.real, self.busy))
        return f"{real:.1f} ms (processor {busy:.1f})"


@dataclass(slots=True)
class _World:
    """A store of so many open parcels, and what was measured on it."""

    path: Path
    count: int
    store: Store
    bare: _Times = field(default_factory=_Times)
    ours: _Times = field(default_factory=_Times)
    idle: _Times = field(default_factory=_Times)

    async def round(self, number: int) -> None:
        """Everything once."""
        now = datetime.now(UTC)
        sweeper = Sweeper(self.store, MovableClock(now), AlertSettings(), Standards())
        await sweeper.tick()
        end = self.idle.begin()
        await sweeper.tick()
        end()
        self._make_late(number, now)
        self._bare(now)
        before = await self._episodes()
        gc.collect()
        end = self.ours.begin()
        swept = await sweeper.tick()
        end()
        assert swept.started == LATE == await self._episodes() - before

    def tell(self) -> None:
        """The median of all rounds but the first."""
        real, busy = _ratios(self.ours.real, self.bare.real), _ratios(self.ours.busy, self.bare.busy)
        print(
            f"{self.count:,} open, {LATE:,} late: bare range query {self.bare}, sweep {self.ours}: "
            f"{median(real):.1f} x the query (best and worst round {min(real):.1f} and {max(real):.1f}), "
            f"{median(busy):.1f} x its processor time; a look with nothing late {self.idle}"
        )

    def _make_late(self, number: int, now: datetime) -> None:
        """Customs have had these a day: a thousand that lie far from one another."""
        step, at = self.count // LATE, to_micros(now - timedelta(hours=24, minutes=1))
        with sqlite3.connect(self.path, timeout=30) as db:
            for parcel_id in range(1 + number, 1 + number + LATE * step, step):
                due = at + 86_400_000_000 + parcel_id
                db.execute("DELETE FROM parcel_due WHERE parcel_id = ? AND at = "
                           "(SELECT due_at FROM parcel WHERE id = ?)", (parcel_id, parcel_id))
                db.execute("UPDATE parcel SET status_at = ?, due_at = ? WHERE id = ?", (at, due, parcel_id))
                db.execute("INSERT INTO parcel_due (at, parcel_id) VALUES (?, ?)", (due, parcel_id))
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()

    def _bare(self, now: datetime) -> None:
        db = sqlite3.connect(self.path)
        end = self.bare.begin()
        found = db.execute(_BARE, (to_micros(now),)).fetchall()
        end()
        assert len(found) == LATE, len(found)
        db.close()

    async def _episodes(self) -> int:
        return await self.store.read(lambda conn: len(conn.execute(alert.select().with_only_columns(alert.c.id)).all()))


def _ratios(ours: Sequence[float], others: Sequence[float]) -> list[float]:
    """Of the rounds that count."""
    return [one / other for one, other in zip(ours[WARM_UP:], others[WARM_UP:], strict=True)]


async def _world(path: Path, count: int) -> _World:
    store = open_store(f"sqlite+aiosqlite:///{path}")
    await store.write(metadata.create_all)
    values = {"code": "cainiao", "name": "Cainiao", "language": "zh-Hans", "time_zone": "Asia/Shanghai"}
    await store.write(lambda conn: conn.execute(partner.insert().values(**values, calendar="CN")))
    fill(path, count=count)
    return _World(path, count, store)

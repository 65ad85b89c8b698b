"""A sweep over a million open parcels of which a thousand became late, beside the bare indexed range query."""

import asyncio
import gc
import sqlite3
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.parts.world import PARCELS, fill
from bot.alerts.sweep import Sweeper
from bot.alerts.tables import alert
from bot.clock import MovableClock
from bot.delays import Standards
from bot.people.tables import partner
from bot.settings.model import AlertSettings
from bot.store import Store, open_store
from bot.store.schema import metadata, to_micros

LATE, ROUNDS = 1_000, 5
_BARE = (
    "SELECT id, partner_id, number, due_at, due_milestone, due_rule, linehaul_id, milestone, status_at "
    "FROM parcel WHERE due_at <= ? ORDER BY due_at LIMIT 100000"
)


def main() -> None:
    figures = [asyncio.run(_measured(count)) for count in (PARCELS // 2, PARCELS)]
    print(f"growth when open parcels double: {figures[1] / figures[0]:.2f}")


async def _measured(count: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        store = open_store(f"sqlite+aiosqlite:///{path}")
        await store.write(metadata.create_all)
        values = {"code": "cainiao", "name": "Cainiao", "language": "zh-Hans", "time_zone": "Asia/Shanghai"}
        await store.write(lambda conn: conn.execute(partner.insert().values(**values, calendar="CN")))
        fill(path, count=count)
        bare: list[float] = []
        marked: list[float] = []
        idle: list[float] = []
        ours: list[float] = []
        for round_number in range(ROUNDS):
            now = datetime.now(UTC)
            await _quiet(store, now, idle)
            _make_late(path, count, round_number, now)
            bare.append(_bare(path, now))
            ours.append(await _sweep(store, now))
            marked.append(_mark(path, count, round_number))
        await store.close()
    best, floor, written = min(ours), min(bare), min(marked)
    print(
        f"{count:,} open, {LATE:,} late: bare range query {floor * 1e3:.1f} ms, the same rows marked and committed "
        f"{written * 1e3:.1f} ms, sweep {best * 1e3:.1f} ms: {best / floor:.1f} x the query, "
        f"{best / (floor + written):.1f} x query and marking; a look with nothing late {min(idle) * 1e3:.2f} ms"
    )
    return best


def _make_late(path: Path, count: int, round_number: int, now: datetime) -> None:
    """Customs have had these a day."""
    step, at = count // LATE, to_micros(now - timedelta(hours=24, minutes=1))
    with sqlite3.connect(path, timeout=30) as db:
        db.executemany(
            "UPDATE parcel SET status_at = ?, due_at = ? WHERE id = ?",
            [(at, at + 86_400_000_000, 1 + round_number + n * step) for n in range(LATE)],
        )
    db.close()


def _bare(path: Path, now: datetime) -> float:
    db = sqlite3.connect(path)
    begun = time.perf_counter()
    found = db.execute(_BARE, (to_micros(now),)).fetchall()
    took = time.perf_counter() - begun
    assert len(found) == LATE, len(found)
    db.close()
    return took


def _mark(path: Path, count: int, round_number: int) -> float:
    """The least that must be written: an instant in each of as many rows of their own, durable."""
    step, db = count // LATE, sqlite3.connect(path, timeout=30)
    db.execute("PRAGMA synchronous=FULL")
    begun = time.perf_counter()
    rows = [(round_number, 1 + ROUNDS + round_number + n * step) for n in range(LATE)]
    db.executemany("UPDATE parcel SET late_since = ?, due_at = NULL WHERE id = ?", rows)
    db.commit()
    took = time.perf_counter() - begun
    db.close()
    return took


def _sweeper(store: Store, now: datetime) -> Sweeper:
    return Sweeper(store, MovableClock(now), AlertSettings(), Standards())


async def _quiet(store: Store, now: datetime, times: list[float]) -> None:
    sweeper = _sweeper(store, now)
    await sweeper.tick()
    begun = time.perf_counter()
    await sweeper.tick()
    times.append(time.perf_counter() - begun)


async def _sweep(store: Store, now: datetime) -> float:
    sweeper, before = _sweeper(store, now), await _episodes(store)
    gc.collect()
    begun = time.perf_counter()
    swept = await sweeper.tick()
    took = time.perf_counter() - begun
    assert swept.started == LATE == await _episodes(store) - before
    return took


async def _episodes(store: Store) -> int:
    return await store.read(lambda conn: len(conn.execute(alert.select().with_only_columns(alert.c.id)).all()))

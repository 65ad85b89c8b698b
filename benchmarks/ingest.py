"""Loading a feed into a store of a million parcels, beside plain sqlite3 upserts of the same file in the same run."""

import asyncio
import json
import multiprocessing
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.parts.memory import peak_of
from benchmarks.parts.world import PER_FLIGHT, fill
from bot.clock import SystemClock
from bot.delays import Standards
from bot.people.tables import partner
from bot.store import open_store
from bot.store.schema import metadata
from bot.tracking.feeds import FileFeed, load_file
from bot.tracking.ingest import Counts, Ingest

EVENTS = 200_000
FLOOR_BATCH = 2_000
_STEPS = ("IMPORT_CUSTOMS_RELEASED", "HUB_PROCESSED", "LASTMILE_HANDED_OVER", "LASTMILE_RECEIVED")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store, plain = folder / "store.db", folder / "plain.db"
        numbers = asyncio.run(_store(store))
        _plain_store(plain, numbers)
        for label, order in (("parcels of a flight together", _by_flight), ("parcels in any order", _scattered)):
            feed = folder / f"{label}.jsonl"
            _write(feed, order(numbers))
            one = _timed(plain, feed, _status)
            both = _timed(plain, feed, _both)
            seconds, counts, peak = _in_a_process(store, feed)
            again, repeated, _ = _in_a_process(store, feed)
            assert (counts.new, repeated.new, repeated.duplicate) == (EVENTS, 0, EVENTS)
            print(
                f"{label}: ours {EVENTS / seconds:,.0f} events/s, plain upsert of event and status "
                f"{EVENTS / both:,.0f}/s: {both / seconds:.2f} of it; of the status alone {EVENTS / one:,.0f}/s: "
                f"{one / seconds:.2f}; the same file again {EVENTS / again:,.0f}/s; peak memory {peak:.0f} MiB"
            )


async def _store(path: Path) -> list[str]:
    store = open_store(f"sqlite+aiosqlite:///{path}")
    await store.write(metadata.create_all)
    values = {"code": "cainiao", "name": "Cainiao", "language": "zh-Hans", "time_zone": "Asia/Shanghai"}
    await store.write(lambda conn: conn.execute(partner.insert().values(**values, calendar="CN")))
    await store.close()
    fill(path)
    with sqlite3.connect(path) as db:
        numbers = [row[0] for row in db.execute("SELECT number FROM parcel ORDER BY id")]
    db.close()
    return numbers


def _plain_store(path: Path, numbers: list[str]) -> None:
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("CREATE TABLE parcel (number TEXT PRIMARY KEY, partner TEXT, milestone TEXT, status_at TEXT)")
    db.execute("CREATE TABLE event (number TEXT, source TEXT, milestone TEXT, occurred_at TEXT, reported_at TEXT, "
               "location TEXT, PRIMARY KEY (number, source, milestone, occurred_at))")
    db.executemany("INSERT INTO parcel VALUES (?, 'cainiao', 'IMPORT_CUSTOMS_STARTED', '')",
                   ((number,) for number in numbers))
    db.executemany("INSERT INTO event VALUES (?, 'landmark', 'HUB_RECEIVED', '', '', 'LGG')",
                   ((number,) for number in numbers))
    db.commit()
    db.close()


def _by_flight(numbers: list[str]) -> Iterator[str]:
    dice = random.Random(3)
    for start in range(0, len(numbers), PER_FLIGHT):
        flight = numbers[start:start + PER_FLIGHT]
        dice.shuffle(flight)
        yield from flight


def _scattered(numbers: list[str]) -> Iterator[str]:
    dice = random.Random(4)
    while True:
        yield dice.choice(numbers)


def _write(path: Path, numbers: Iterator[str]) -> None:
    begun = datetime.now(UTC) - timedelta(hours=2)
    with path.open("w", encoding="utf-8") as file:
        for place, number in zip(range(EVENTS), numbers, strict=False):
            at = begun + timedelta(milliseconds=30 * place)
            line = {
                "tracking_number": number, "partner": "cainiao", "lane": "PVG-air-LGG-BE", "source": "landmark",
                "milestone": _STEPS[place % len(_STEPS)], "occurred_at": (at - timedelta(minutes=5)).isoformat(),
                "reported_at": at.isoformat(), "location": "LGG", "event_id": f"{path.stem}-{place}",
            }
            file.write(json.dumps(line) + "\n")


def _timed(path: Path, feed: Path, upsert: Callable[[sqlite3.Connection, list[dict[str, str]]], None]) -> float:
    """Plain upserts, durable, in batches as ours."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous=FULL")
    begun, batch = time.perf_counter(), []
    with feed.open("rb") as file:
        for line in file:
            batch.append(json.loads(line))
            if len(batch) == FLOOR_BATCH:
                _commit(db, batch, upsert)
                batch = []
    _commit(db, batch, upsert)
    took = time.perf_counter() - begun
    db.close()
    return took


def _commit(
    db: sqlite3.Connection, batch: list[dict[str, str]],
    upsert: Callable[[sqlite3.Connection, list[dict[str, str]]], None],
) -> None:
    db.execute("BEGIN IMMEDIATE")
    upsert(db, batch)
    db.execute("COMMIT")


def _both(db: sqlite3.Connection, batch: list[dict[str, str]]) -> None:
    db.executemany(
        "INSERT INTO event VALUES (:tracking_number, :source, :milestone, :occurred_at, :reported_at, :location) "
        "ON CONFLICT DO UPDATE SET reported_at = excluded.reported_at", batch,
    )
    _status(db, batch)


def _status(db: sqlite3.Connection, batch: list[dict[str, str]]) -> None:
    db.executemany(
        "INSERT INTO parcel VALUES (:tracking_number, :partner, :milestone, :occurred_at) "
        "ON CONFLICT (number) DO UPDATE SET milestone = excluded.milestone, status_at = excluded.status_at", batch,
    )


def _in_a_process(store: Path, feed: Path) -> tuple[float, Counts, float]:
    """Seconds, counts and peak memory in MiB of a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_load, (store, feed))


def _load(path: Path, feed: Path) -> tuple[float, Counts, float]:
    return asyncio.run(_loaded(path, feed))


async def _loaded(path: Path, feed: Path) -> tuple[float, Counts, float]:
    store = open_store(f"sqlite+aiosqlite:///{path}")
    ingest = Ingest(store, SystemClock(), standards=Standards())
    file = FileFeed(path=feed, format="auto", partner="cainiao", source="landmark", zone=ZoneInfo("Asia/Shanghai"),
                    now=datetime.now(UTC))
    begun = time.perf_counter()
    counts = await load_file(file, ingest, partners=frozenset({"cainiao"}), on_rows=lambda _: None)
    took = time.perf_counter() - begun
    await store.close()
    return took, counts, peak_of()

"""A store of a million parcels, written straight into the tables: making it is not what is measured."""

import random
import sqlite3
import time
from pathlib import Path

PARCELS = 1_000_000
PER_FLIGHT = 12_000
_HOUR = 3_600_000_000
_EVENT = (
    "INSERT INTO event (subject, key, milestone, occurred_at, received_at, location, "
    "precision, state, quality, source_id) VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, 1)"
)


def numbers(count: int, seed: int = 7) -> list[str]:
    """Valid postal numbers."""
    dice, weights, made = random.Random(seed), (8, 6, 4, 2, 3, 5, 9, 7), []
    for serial in dice.sample(range(10_000_000, 99_999_999), count):
        digits = [int(char) for char in str(serial)]
        check = 11 - sum(d * w for d, w in zip(digits, weights, strict=True)) % 11
        made.append(f"LX{serial}{ {10: 0, 11: 5}.get(check, check)}CN".replace(" ", ""))
    return made


def fill(path: Path, *, count: int = PARCELS, partner: str = "cainiao") -> list[str]:
    """Put a million parcels on flights into a store that has its tables; returns some of their numbers."""
    names, now = numbers(count), int(time.time() * 1e6)
    db = sqlite3.connect(path)
    db.execute("PRAGMA synchronous=OFF")
    owner = db.execute("SELECT id FROM partner WHERE code = ?", (partner,)).fetchone()[0]
    lane = ("PVG-air-LGG-BE", "PVG", "air", "LGG", "BE")
    db.execute("INSERT INTO lane (id, name, origin, mode, hub, country) VALUES (1, ?, ?, ?, ?, ?)", lane)
    db.execute("INSERT INTO source (id, name, rank, last_received_at) VALUES (1, 'landmark', 0, ?)", (now,))
    flights = count // PER_FLIGHT + 1
    db.executemany(
        "INSERT INTO linehaul (id, kind, key, number, dated, first_seen, mode, origin, hub, departed_at, arrived_at, "
        "milestone, status_at, top_id) VALUES (?, 1, ?, ?, 1, ?, 'air', 'PVG', 'LGG', ?, ?, 80, ?, ?)",
        ((i, f"CV{7000 + i}/2026-11-20", f"CV{7000 + i}", now, now - 30 * _HOUR, now - 18 * _HOUR, now - 18 * _HOUR, i)
         for i in range(1, flights + 1)),
    )
    db.executemany(
        "INSERT INTO parcel (id, partner_id, number, first_seen, lane_id, promised_at, milestone, status_at, "
        "linehaul_id, due_at, owed_at, due_milestone, due_rule) VALUES (?, ?, ?, ?, 1, ?, 100, ?, ?, ?, ?, 110, 12)",
        ((i, owner, name, now, now + 90 * _HOUR, now - _HOUR, i // PER_FLIGHT + 1, now + 23 * _HOUR, now + 23 * _HOUR)
         for i, name in enumerate(names, start=1)),
    )
    db.executemany("INSERT INTO parcel_due (at, parcel_id) VALUES (?, ?)",
                   ((now + 23 * _HOUR, i) for i in range(1, count + 1)))
    db.executemany("INSERT INTO parcel_alias (number, parcel_id, role) VALUES (?, ?, 0)",
                   ((name, i) for i, name in enumerate(names, start=1)))
    db.executemany(
        "INSERT INTO containment (subject, linehaul_id, off_loaded) VALUES (?, ?, 0)",
        ((i, i // PER_FLIGHT + 1) for i in range(1, count + 1)),
    )
    parcels, hauls = range(1, count + 1), range(-flights, 0)
    for subjects, place, scans in ((parcels, "LGG", ((90, 3), (100, 1))), (hauls, "PVG", ((70, 30), (80, 18)))):
        db.executemany(_EVENT, ((i, m, m, now - ago * _HOUR, now, place) for i in subjects for m, ago in scans))
    db.commit()
    db.execute("ANALYZE")
    db.commit()
    db.close()
    return names[:20_000]

"""A store with two partners, and a way to let things be reported to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection

from bot.clock import MovableClock
from bot.delays import Standards
from bot.people import EVERYTHING, PartnerScope
from bot.people.tables import partner
from bot.store import Store
from bot.tracking.due import take_due
from bot.tracking.ingest import Counts, Ingest
from bot.tracking.lateness import LatenessEnded, LateStarted
from bot.tracking.queries import find_linehauls, find_parcels
from bot.tracking.views import LinehaulView, ParcelView

T = TypeVar("T")
START = datetime(2026, 11, 25, 12, tzinfo=UTC)
FLIGHT = "CV7911/2026-11-10"


@dataclass(slots=True)
class Room:
    """Tracking as others use it."""

    store: Store
    clock: MovableClock = field(default_factory=lambda: MovableClock(START))
    standards: Standards = field(default_factory=Standards)
    ended: list[LatenessEnded] = field(default_factory=list)
    scopes: dict[str, PartnerScope] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def ingest(self) -> Ingest:
        def observer(conn: Connection, ended: Sequence[LatenessEnded], now: datetime) -> None:
            self.ended += ended

        return Ingest(self.store, self.clock, standards=self.standards, observers=[observer])

    async def report(self, *objects: object, partner: str | None = None) -> Counts:
        counts, errors = await self.ingest().take_objects(objects, partner=partner, source="feed")
        assert errors == []
        return counts

    async def read(self, unit: Callable[[Connection], T]) -> T:
        return await self.store.read(unit)

    async def parcel(self, number: str, scope: PartnerScope = EVERYTHING) -> ParcelView:
        found = await self.read(lambda conn: find_parcels(conn, [number], scope, self.now))
        (view,) = found[number]
        return view

    async def haul(self, ref: str, scope: PartnerScope = EVERYTHING) -> LinehaulView:
        found = await self.read(lambda conn: find_linehauls(conn, [ref], scope, self.now))
        return found[ref][0]

    async def sweep(self, after: timedelta = timedelta(0), limit: int = 1000) -> tuple[LateStarted, ...]:
        self.clock.advance(after)
        return await self.store.write(
            lambda conn: take_due(conn, self.now, limit=limit, standards=self.standards)
        )


@pytest.fixture
async def room(store: Store) -> Room:
    """On both databases."""
    return await furnished(store)


@pytest.fixture
async def sqlite_room(sqlite_store: Store) -> Room:
    """On SQLite alone, for what takes many steps."""
    return await furnished(sqlite_store)


async def furnished(store: Store) -> Room:
    values = {"language": "zh-Hans", "time_zone": "Asia/Shanghai", "calendar": "CN"}
    codes = ("cainiao", "jitu")

    def unit(conn: Connection) -> dict[str, PartnerScope]:
        conn.execute(partner.insert(), [{"code": code, "name": code, **values} for code in codes])
        known = {row.code: row.id for row in conn.execute(partner.select())}
        return {code: PartnerScope(frozenset({known[code]})) for code in codes}

    return Room(store, scopes=await store.write(unit))


def scan(number: str, milestone: str, at: str = "2026-11-10T08:00Z", **more: Any) -> dict[str, Any]:
    """An event of a parcel; it is reported when it happens unless said otherwise."""
    return {"tracking_number": number, "partner": "cainiao", "milestone": milestone, "occurred_at": at,
            "reported_at": at, "source": "A", **more}


def haul_event(ref: str, milestone: str, at: str = "2026-11-10T08:00Z", **more: Any) -> dict[str, Any]:
    """An event of a linehaul itself."""
    return {"linehaul": ref, "milestone": milestone, "occurred_at": at, "reported_at": at, "source": "carrier", **more}

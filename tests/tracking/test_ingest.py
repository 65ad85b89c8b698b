"""Events in: stored once, corrected, taken back, seen by what they carry; the same on both databases."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from bot.clock import MovableClock
from bot.delays import Standards
from bot.people.tables import partner
from bot.store import Store
from bot.tracking.codes import State
from bot.tracking.ingest import Ingest
from bot.tracking.tables import event

NOW = datetime(2026, 11, 12, 12, tzinfo=UTC)


@pytest.fixture
async def intake(store: Store) -> Ingest:
    values = {"name": "菜鸟", "language": "zh-Hans", "time_zone": "Asia/Shanghai", "calendar": "CN"}
    await store.write(lambda conn: conn.execute(partner.insert(), [{"code": c, **values} for c in ("cainiao", "jitu")]))
    return Ingest(store, MovableClock(NOW), standards=Standards())


def scan(number: str, milestone: str, at: str, **more: Any) -> dict[str, Any]:
    return {"tracking_number": number, "partner": "cainiao", "milestone": milestone, "occurred_at": at,
            "reported_at": at, "source": "A", **more}


def events(state: State) -> Any:
    def unit(conn: Connection) -> int:
        return conn.execute(select(func.count()).select_from(event).where(event.c.state == state)).scalar_one()
    return unit


async def test_the_same_rows_again_change_nothing(intake: Ingest, store: Store) -> None:
    rows = [scan("LX123456785CN", "HUB_RECEIVED", f"2026-11-05T0{i}:00:00+00:00") for i in range(3)]
    first, _ = await intake.take_objects(rows, partner=None, source="api")
    again, _ = await intake.take_objects(rows, partner=None, source="api")
    assert (first.new, first.duplicate, again.new, again.duplicate) == (3, 0, 0, 3)
    assert await store.read(events(State.VALID)) == 3


async def test_a_newer_version_of_an_event_replaces_it(intake: Ingest, store: Store) -> None:
    early, late = "2026-11-05T06:00:00+00:00", "2026-11-05T08:00:00+00:00"
    row = scan("LX123456785CN", "LINEHAUL_ARRIVED", late, event_id="77")
    await intake.take_objects([row, row | {"occurred_at": early}], partner=None, source="api")
    assert await store.read(events(State.VALID)) == 1
    assert await store.read(events(State.SUPERSEDED)) == 1


async def test_an_event_from_the_future_is_kept_but_does_not_count(intake: Ingest, store: Store) -> None:
    row = scan("LX123456785CN", "HUB_RECEIVED", "2026-11-05T15:00:00+00:00")
    row["reported_at"] = "2026-11-05T08:00:00+00:00"
    await intake.take_objects([row], partner=None, source="api")
    assert await store.read(events(State.QUARANTINED)) == 1


async def test_a_flights_event_is_one_row(intake: Ingest, store: Store) -> None:
    at = "2026-11-05T06:00:00+00:00"
    rows = [scan(f"UA{i:08d}0CN", "LINEHAUL_TENDERED", at, linehaul="172-12345675") for i in range(50)]
    await intake.take_objects(rows, partner=None, source="api")
    flight = {"linehaul": "CV7911/2026-11-05", "milestone": "LINEHAUL_DEPARTED", "occurred_at": at,
              "contains": ["172-12345675"]}
    counts, errors = await intake.take_objects([flight], partner=None, source="carrier")
    assert (counts.new, errors) == (1, [])
    assert await store.read(events(State.VALID)) == 51


@pytest.mark.parametrize(("change", "named"), [
    ({"milestone": "TELEPORTED"}, "TELEPORTED"), ({"occurred_at": "2026-13-45"}, "occurred_at"),
    ({"occurred_at": "2026-11-05T06:00:00"}, "offset"), ({"occurred_at": "0001-01-01T00:00:00+00:00"}, "occurred_at"),
    ({"partner": "nobody"}, "nobody"), ({"tracking_number": "x" * 70}, "tracking_number"),
    ({"tracking_number": "🤖🤖🤖🤖🤖"}, "tracking_number"), ({"location": "y" * 1_000_000}, "location"),
    ({"tracking_number": 12}, "tracking_number"), ({"occured_at": "red"}, "occurred_at"),
    ({"location": "\ud800"}, "location"),
    ({"reason": "BECAUSE"}, "BECAUSE"), ({"plan": 5}, "plan"), ({"contains": "all"}, "contains"),
])
async def test_a_bad_row_is_named_and_the_others_are_stored(
    intake: Ingest, change: dict[str, Any], named: str
) -> None:
    good = scan("LX123456785CN", "HUB_RECEIVED", "2026-11-05T06:00:00+00:00")
    counts, errors = await intake.take_objects([good, good | change, "text", None], partner=None, source="api")
    assert counts.new == 1
    assert [error.index for error in errors] == [1, 2, 3]
    assert named in errors[0].reason


async def test_another_partners_rows_are_refused_where_one_is_named(intake: Ingest) -> None:
    row = scan("LX123456785CN", "HUB_RECEIVED", "2026-11-05T06:00:00+00:00")
    _, errors = await intake.take_objects([row], partner="jitu", source="api")
    assert "jitu" in errors[0].reason

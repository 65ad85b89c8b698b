"""Numbers that name one parcel, numbers used again, versions of events, and orders in which they come."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, func, select

from bot.people import EVERYTHING
from bot.store.schema import metadata
from bot.tracking.feeds import FileFeed, load_file
from bot.tracking.queries import find_parcels
from bot.tracking.tables import containment, event, lane, linehaul, parcel, parcel_alias, pulse, source, tally
from tests.tracking.conftest import START, Room, haul_event, scan

NUMBER, OTHER = "LX123456785CN", "LTN74207623N1"
DATA = Path(__file__).parent / "data"
TABLES = (event, containment, parcel_alias, tally, pulse, parcel, linehaul, lane, source)


async def stored(room: Room) -> dict[str, list[tuple[Any, ...]]]:
    """Everything there is, but for when sources were heard."""
    def unit(conn: Connection) -> dict[str, list[tuple[Any, ...]]]:
        return {table.name: sorted((tuple(row) for row in conn.execute(select(table))), key=repr)
                for table in TABLES if table is not source}
    return await room.read(unit)


async def test_the_same_feed_again_changes_nothing(room: Room) -> None:
    feed = [
        scan(NUMBER, "COLLECTED", "2026-11-08T08:00Z", lane="PVG-air-LGG-BE", promised_at="2026-11-20T00:00Z"),
        haul_event("CV7911", "INFO_UPDATE", "2026-11-09T00:00Z", contains=["172-12345675", OTHER],
                   plan={"LINEHAUL_DEPARTED": "2026-11-10T06:00Z", "LINEHAUL_ARRIVED": "2026-11-10T18:00Z"}),
        scan(NUMBER, "LINEHAUL_TENDERED", "2026-11-09T08:00Z", linehaul="172-12345675", event_id="t1"),
        scan(NUMBER, "LINEHAUL_TENDERED", "2026-11-09T09:00Z", reported_at="2026-11-09T10:00Z", event_id="t1"),
        scan(OTHER, "LINEHAUL_TENDERED", "2026-11-09T08:00Z"),
        haul_event("CV7911", "ETA_CHANGED", "2026-11-10T07:00Z", plan={"LINEHAUL_ARRIVED": "2026-11-10T22:00Z"}),
        scan(NUMBER, "HUB_RECEIVED", "2026-11-11T08:00Z", event_id="h1"),
        scan(NUMBER, "INFO_UPDATE", "2026-11-11T09:00Z", voids="h1"),
        scan(NUMBER, "IMPORT_CUSTOMS_HELD", "2026-11-12T08:00Z", reason="CUS_DOCS", aliases=["LP00612345678901"]),
    ]
    first = await room.report(*feed)
    before = await stored(room)
    again = await room.report(*feed)
    assert (first.new, first.duplicate) == (9, 0)
    assert (again.new, again.duplicate) == (0, 9)
    assert await stored(room) == before
    assert (await room.parcel("LP00612345678901")).milestone == "LINEHAUL_TENDERED"


async def test_an_event_taken_back_before_it_comes_does_not_count(room: Room) -> None:
    await room.report(scan(NUMBER, "INFO_UPDATE", "2026-11-10T09:00Z", voids="d1") | {"milestone": None})
    await room.report(scan(NUMBER, "DELIVERED", "2026-11-10T08:00Z", event_id="d1"))
    view = await room.parcel(NUMBER)
    assert (view.milestone, view.events) == (None, ())


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
async def test_of_several_versions_the_one_reported_last_counts(room: Room, order: tuple[int, ...]) -> None:
    versions = [scan(NUMBER, "HUB_RECEIVED", f"2026-11-10T0{hour}:00Z", reported_at=f"2026-11-10T1{number}:00Z",
                     event_id="x1") for number, hour in enumerate((8, 6, 7))]
    for number in order:
        await room.report(versions[number])
    view = await room.parcel(NUMBER)
    assert view.status_at == datetime(2026, 11, 10, 7, tzinfo=UTC)
    assert len(view.events) == 1


async def test_a_version_may_come_back(room: Room) -> None:
    versions = [scan(NUMBER, "HUB_RECEIVED", f"2026-11-10T0{hour}:00Z", reported_at=f"2026-11-10T1{number}:00Z",
                     event_id="x1") for number, hour in enumerate((8, 6, 8))]
    for one in (*versions, *versions):
        await room.report(one)
    assert (await room.parcel(NUMBER)).status_at == datetime(2026, 11, 10, 8, tzinfo=UTC)


async def test_a_number_used_again_after_a_year_is_a_new_parcel(room: Room) -> None:
    await room.report(scan(NUMBER, "DELIVERED", "2025-06-01T08:00Z"))
    await room.report(scan(NUMBER, "COLLECTED", "2026-11-10T08:00Z"))
    found = await room.read(lambda conn: find_parcels(conn, [NUMBER], EVERYTHING, room.now))
    assert [one.milestone for one in found[NUMBER]] == ["COLLECTED", "DELIVERED"]
    await room.report(scan(NUMBER, "OUT_FOR_DELIVERY", "2025-05-31T08:00Z"))
    found = await room.read(lambda conn: find_parcels(conn, [NUMBER], EVERYTHING, room.now))
    assert [len(one.events) for one in found[NUMBER]] == [1, 2]


async def test_two_partners_may_use_one_number(room: Room) -> None:
    await room.report(scan(NUMBER, "COLLECTED"), scan(NUMBER, "DELIVERED", partner="jitu"))
    for code, milestone in (("cainiao", "COLLECTED"), ("jitu", "DELIVERED")):
        assert (await room.parcel(NUMBER, room.scopes[code])).milestone == milestone


@pytest.mark.parametrize("at_once", [True, False])
async def test_two_parcels_that_turn_out_to_be_one_are_one(room: Room, at_once: bool) -> None:
    lines = [
        scan(NUMBER, "HUB_RECEIVED", "2026-11-10T08:00Z", linehaul="172-12345675"),
        scan(OTHER, "DELIVERED", "2026-11-12T10:31:07Z", source="landmark"),
        scan(OTHER, "OUT_FOR_DELIVERY", "2026-11-12T07:00Z", source="landmark", aliases=[NUMBER]),
        scan(NUMBER, "DELIVERED", "2026-11-12T10:31:07.4Z", source="bpost"),
    ]
    for part in ([lines] if at_once else [[one] for one in lines]):
        await room.report(*part)
    views = [await room.parcel(number) for number in (NUMBER, OTHER)]
    assert views[0] == views[1]
    assert [one.milestone for one in views[0].events] == ["DELIVERED", "OUT_FOR_DELIVERY", "HUB_RECEIVED"]
    assert {views[0].number, *views[0].aliases} == {NUMBER, OTHER}
    assert await room.read(lambda conn: conn.execute(select(func.count()).select_from(parcel)).scalar_one()) == 1
    assert await room.read(lambda conn: conn.execute(select(func.sum(tally.c.parcels))).scalar_one()) == 1


async def test_another_partners_number_is_never_taken_for_an_alias(room: Room) -> None:
    await room.report(scan(NUMBER, "COLLECTED", partner="jitu"), scan(OTHER, "DELIVERED", aliases=[NUMBER]))
    assert (await room.parcel(NUMBER, room.scopes["jitu"])).milestone == "COLLECTED"
    assert (await room.parcel(NUMBER, room.scopes["cainiao"])).milestone == "DELIVERED"


@pytest.mark.parametrize("manifest_first", [True, False])
async def test_a_manifest_may_name_parcels_before_anybody_reports_them(room: Room, manifest_first: bool) -> None:
    manifest = haul_event("CV7911/2026-11-10", "LINEHAUL_DEPARTED", "2026-11-10T06:00Z", contains=[NUMBER])
    parcels = scan(NUMBER, "LINEHAUL_TENDERED", "2026-11-09T06:00Z")
    for one in (manifest, parcels) if manifest_first else (parcels, manifest):
        await room.report(one)
    view = await room.parcel(NUMBER)
    assert view.milestone == "LINEHAUL_DEPARTED"
    assert view.linehaul is not None
    assert view.linehaul.key == "CV7911/2026-11-10"
    assert (await room.haul("CV7911", room.scopes["cainiao"])).parcels == 1


async def test_a_flight_named_without_its_date_is_dated_by_its_departure(room: Room) -> None:
    await room.report(scan(NUMBER, "COLLECTED", "2026-11-08T08:00+08:00", linehaul="CV7911"))
    await room.report(haul_event("CV7911", "LINEHAUL_DEPARTED", "2026-11-10T02:15+08:00"))
    await room.report(scan(OTHER, "HUB_RECEIVED", "2026-11-11T02:15+08:00", linehaul="CV7911"))
    keys = await room.read(lambda conn: conn.execute(select(linehaul.c.key)).scalars().all())
    assert keys == ["CV7911/2026-11-10"]
    assert (await room.parcel(NUMBER)).milestone == "LINEHAUL_DEPARTED"


async def test_daily_flights_of_one_number_are_kept_apart(room: Room) -> None:
    for day in (9, 10, 11):
        await room.report(haul_event("CV7911", "INFO_UPDATE", f"2026-11-0{day - 2}T00:00Z", plan={
            "LINEHAUL_DEPARTED": f"2026-11-{day:02}T02:00+08:00", "LINEHAUL_ARRIVED": f"2026-11-{day:02}T14:00+08:00"}))
    await room.report(scan(NUMBER, "LINEHAUL_TENDERED", "2026-11-09T20:00+08:00", linehaul="CV7911"))
    await room.report(scan(OTHER, "HUB_RECEIVED", "2026-11-10T20:00+08:00", linehaul="CV7911"))
    for number in (NUMBER, OTHER):
        view = await room.parcel(number)
        assert view.linehaul is not None
        assert view.linehaul.key == "CV7911/2026-11-10"


async def test_a_split_arrival_moves_no_parcel_until_it_is_whole(room: Room) -> None:
    await room.report(scan(NUMBER, "LINEHAUL_TENDERED", "2026-11-09T06:00Z", linehaul="172-12345675"),
                      haul_event("172-12345675", "HUB_RECEIVED", "2026-11-10T06:00Z", pieces=230, pieces_total=250))
    assert (await room.parcel(NUMBER)).milestone == "LINEHAUL_TENDERED"
    await room.report(haul_event("172-12345675", "HUB_RECEIVED", "2026-11-10T09:00Z", pieces=20, pieces_total=250))
    assert (await room.parcel(NUMBER)).milestone == "HUB_RECEIVED"


async def test_freight_is_never_a_delivery(room: Room) -> None:
    await room.report(scan(NUMBER, "LINEHAUL_TENDERED", "2026-11-09T06:00Z", linehaul="172-12345675"),
                      haul_event("172-12345675", "DELIVERED", "2026-11-10T06:00Z"))
    assert (await room.parcel(NUMBER)).milestone == "LINEHAUL_TENDERED"


async def test_a_parcel_booked_on_another_flight_does_not_leave_with_the_first(room: Room) -> None:
    await room.report(
        scan(NUMBER, "LINEHAUL_TENDERED", "2026-11-09T06:00Z", linehaul="CV7911/2026-11-10"),
        scan(NUMBER, "INFO_UPDATE", "2026-11-09T20:00Z", linehaul="CV7913/2026-11-11", note="rebooked"),
        haul_event("CV7911/2026-11-10", "LINEHAUL_DEPARTED", "2026-11-10T02:00Z"),
    )
    assert (await room.parcel(NUMBER)).milestone == "LINEHAUL_TENDERED"
    await room.report(haul_event("CV7913/2026-11-11", "LINEHAUL_DEPARTED", "2026-11-11T02:00Z"))
    view = await room.parcel(NUMBER)
    assert view.status_at == datetime(2026, 11, 11, 2, tzinfo=UTC)
    assert view.linehaul is not None
    assert view.linehaul.key == "CV7913/2026-11-11"


async def test_a_day_is_shown_as_that_day_on_both_sides_of_the_world(room: Room) -> None:
    await room.report(scan(NUMBER, "DELIVERED", "2026-11-10", reported_at="2026-11-10T22:00Z"))
    view = await room.parcel(NUMBER)
    assert (view.precision, view.events[0].precision) == ("day", "day")
    assert view.status_at is not None
    for zone in ("Asia/Shanghai", "Europe/Brussels", "America/Chicago"):
        assert view.status_at.astimezone(ZoneInfo(zone)).date().isoformat() == "2026-11-10"


@pytest.mark.parametrize("name", ["cn_events_gb18030.csv", "cn_events_utf8bom_semicolon.csv"])
async def test_a_partners_file_says_what_is_inside_what(sqlite_room: Room, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes((DATA / name).read_bytes())
    feed = FileFeed(path=path, format="auto", partner="cainiao", source="cainiao", zone=ZoneInfo("Asia/Shanghai"),
                    now=START)
    await load_file(feed, sqlite_room.ingest(), partners=frozenset({"cainiao"}), on_rows=lambda _: None)

    def inside(conn: Connection) -> set[tuple[str, str]]:
        keys = {row.id: row.key for row in conn.execute(select(linehaul))}
        numbers = {row.id: row.number for row in conn.execute(select(parcel))}
        return {(numbers[row.subject] if row.subject > 0 else keys[-row.subject], keys[row.linehaul_id])
                for row in conn.execute(select(containment))}

    assert await sqlite_room.read(inside) == {
        ("LX945807304CN", "CNPVGABELGGAAUN60001001100012"), ("LX945807304CN", "999-12345675"),
        ("CY215736812CN", "999-12345675"), ("999-12345675", "CA1041/2026-11-21"),
    }
    for number, milestone in (("LX945807304CN", "LINEHAUL_DEPARTED"), ("CY215736812CN", "LINEHAUL_DEPARTED"),
                              ("RB930364264CN", "IMPORT_CUSTOMS_HELD")):
        assert (await sqlite_room.parcel(number)).milestone == milestone


FACTS = [
    *(scan(NUMBER, name, f"2026-11-0{day}T08:00Z", event_id=f"e{day}") for day, name in enumerate((
        "COLLECTED", "ORIGIN_ACCEPTED", "LINEHAUL_TENDERED", "IMPORT_CUSTOMS_STARTED", "IMPORT_CUSTOMS_HELD",
        "OUT_FOR_DELIVERY", "DELIVERED", "RETURN_STARTED"), start=1)),
    scan(NUMBER, "INFO_UPDATE", "2026-11-08T09:00Z", voids="e7", event_id="v7"),
    scan(NUMBER, "OUT_FOR_DELIVERY", "2026-11-06T10:00Z", reported_at="2026-11-06T12:00Z", event_id="e6"),
    scan(NUMBER, "HUB_RECEIVED", "2026-11-03T20:00Z", linehaul="172-12345675"),
    haul_event("172-12345675", "LINEHAUL_ARRIVED", "2026-11-03T10:00Z"),
    haul_event("CV7911/2026-11-03", "LINEHAUL_DEPARTED", "2026-11-03T01:00Z", contains=["172-12345675"]),
    scan(NUMBER, "EXC_INFO_REQUIRED", "2026-11-05T09:00Z", reason="CUS_DOCS"),
]


@settings(max_examples=60, deadline=timedelta(seconds=5), suppress_health_check=list(HealthCheck))
@given(chosen=st.sets(st.integers(0, len(FACTS) - 1), min_size=1), dice=st.randoms(), size=st.integers(1, 5))
async def test_in_whatever_order_and_batches_facts_come_the_parcel_ends_up_the_same(
    sqlite_room: Room, chosen: set[int], dice: Random, size: int
) -> None:
    seen = []
    for shuffled in (False, True):
        await sqlite_room.store.write(_empty)
        order = sorted(chosen)
        if shuffled:
            dice.shuffle(order)
        for start in range(0, len(order), size):
            await sqlite_room.report(*(FACTS[place] for place in order[start:start + size]))
        found = await sqlite_room.read(lambda conn: find_parcels(conn, [NUMBER], EVERYTHING, sqlite_room.now))
        seen.append([
            (one.milestone, one.status_at, one.holds, one.flags, one.attempts, one.due_at, one.due_milestone,
             {(event.milestone, event.occurred_at) for event in one.events})
            for one in found.get(NUMBER, ())
        ])
    assert seen[0] == seen[1]


def _empty(conn: Connection) -> None:
    for table in reversed(metadata.sorted_tables):
        if table in TABLES:
            conn.execute(delete(table))

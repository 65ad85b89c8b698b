"""What other rooms ask: parcels, linehauls, late lists, summaries; each in its scope."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from bot.people import EVERYTHING, NOTHING
from bot.tracking.affected import places_of
from bot.tracking.late import late_list
from bot.tracking.queries import find_linehauls, find_parcels, is_known, parcels_by_id, summarise
from bot.tracking.silence import silent_sources
from bot.tracking.tables import parcel, pulse, tally
from bot.tracking.views import Filter
from tests.tracking.conftest import START, Room, haul_event, scan

MINE, THEIRS = "LX123456785CN", "RB930364264CN"
H = timedelta(hours=1)


async def two_partners(room: Room) -> None:
    await room.report(
        haul_event("CV7911/2026-11-10", "INFO_UPDATE", "2026-11-09T00:00Z", contains=["172-12345675"], plan={
            "LINEHAUL_DEPARTED": "2026-11-10T06:00Z", "LINEHAUL_ARRIVED": "2026-11-10T18:00Z"}, lane="PVG-air-LGG"),
        scan(MINE, "LINEHAUL_TENDERED", linehaul="172-12345675", lane="PVG-air-LGG-BE-bpost",
             promised_at="2026-11-20T21:00Z"),
        scan(THEIRS, "LINEHAUL_TENDERED", partner="jitu", linehaul="172-12345675", lane="PVG-air-LGG-NL",
             promised_at="2026-11-22T21:00Z"),
        haul_event("CV7911/2026-11-10", "LINEHAUL_DEPARTED", "2026-11-10T06:30Z"),
    )


async def test_a_parcel_is_shown_whole(room: Room) -> None:
    await two_partners(room)
    await room.report(scan(MINE, "IMPORT_CUSTOMS_HELD", "2026-11-11T08:00Z", reason="CUS_DOCS", location="LGG"),
                      haul_event("172-12345675", "LINEHAUL_ARRIVED", "2026-11-10T19:00Z", location="LGG"))
    view = await room.parcel(MINE)
    assert (view.partner, view.kind, view.mode, view.hub, view.country, view.carrier) == (
        "cainiao", "S10", "air", "LGG", "BE", "bpost")
    assert (view.milestone, view.reason, view.place, view.source) == ("IMPORT_CUSTOMS_HELD", "CUS_DOCS", "LGG", "A")
    assert [(one.milestone, one.reason) for one in view.holds] == [("IMPORT_CUSTOMS_HELD", "CUS_DOCS")]
    assert [one.milestone for one in view.events if one.milestone != "INFO_UPDATE"] == [
        "IMPORT_CUSTOMS_HELD", "LINEHAUL_ARRIVED", "LINEHAUL_TENDERED", "LINEHAUL_DEPARTED"]
    assert {(one.scope, one.scope_key) for one in view.events} == {
        ("parcel", MINE), ("consignment", "172-12345675"), ("movement", "CV7911/2026-11-10")}
    assert view.linehaul is not None
    assert view.linehaul.key == "CV7911/2026-11-10"
    assert view.linehaul.planned_arrival == datetime(2026, 11, 10, 18, tzinfo=UTC)
    assert view.data_as_of == datetime(2026, 11, 10, 8, tzinfo=UTC) or view.data_as_of < START


async def test_what_is_not_theirs_is_as_unknown_as_what_does_not_exist(room: Room) -> None:
    await two_partners(room)
    mine = room.scopes["cainiao"]
    found = await room.read(lambda conn: find_parcels(conn, [MINE, THEIRS, "LX000000000CN"], mine, room.now))
    assert set(found) == {MINE}
    assert not await room.read(lambda conn: is_known(conn, THEIRS, mine))
    assert await room.read(lambda conn: find_parcels(conn, [MINE, THEIRS], NOTHING, room.now)) == {}
    flight = await room.haul("CV7911", mine)
    assert (flight.parcels, flight.by_stage) == (1, {"LINEHAUL_DEPARTED": 1})
    assert (await room.haul("CV7911")).parcels == 2
    await room.report(scan("RB473124829CN", "COLLECTED", partner="jitu", linehaul="CA1041/2026-11-10"))
    assert await room.read(lambda conn: find_linehauls(conn, ["CA1041"], mine, room.now)) == {}
    ids = await room.read(lambda conn: list(conn.execute(select(parcel.c.id)).scalars()))
    assert [one.number for one in await room.read(lambda conn: parcels_by_id(conn, ids, mine))] == [MINE]


async def test_what_another_partner_wrote_of_a_shared_flight_is_not_repeated(room: Room) -> None:
    await two_partners(room)
    said = haul_event("CV7911/2026-11-10", "LINEHAUL_ARRIVED", "2026-11-10T19:00Z", location="LGG", source="jitu files",
                      note="our 300 parcels", operator="Wang", partner="jitu")
    await room.report(said)
    for scope, words in (("cainiao", ("feed", None, None)), ("jitu", ("jitu files", "our 300 parcels", "Wang"))):
        number = MINE if scope == "cainiao" else THEIRS
        view = await room.parcel(number, room.scopes[scope])
        first = view.events[0]
        assert (view.milestone, view.place, view.source) == ("LINEHAUL_ARRIVED", "LGG", words[0])
        assert (first.source, first.text, first.operator) == words
        flight = await room.haul("CV7911", room.scopes[scope])
        assert (flight.events[0].source, flight.events[0].text, flight.events[0].operator) == words


async def test_late_lists_and_figures_count_only_the_scope(room: Room) -> None:
    await two_partners(room)
    await room.sweep()
    await room.sweep()
    mine = room.scopes["cainiao"]
    total, rows = await room.read(lambda conn: late_list(conn, Filter(), mine, room.now, limit=10))
    assert (total, [row.number for row in rows]) == (1, [MINE])
    assert rows[0].linehaul == "CV7911/2026-11-10"
    everything = await room.read(lambda conn: summarise(conn, Filter(), EVERYTHING, room.now))
    assert (everything.total, everything.late, everything.linehauls, everything.late_linehauls) == (2, 2, 1, 1)
    mine_only = await room.read(lambda conn: summarise(conn, Filter(), mine, room.now))
    assert (mine_only.total, mine_only.late, mine_only.linehauls) == (1, 1, 1)
    nothing = await room.read(lambda conn: summarise(conn, Filter(), NOTHING, room.now))
    assert (nothing.total, nothing.late, nothing.linehauls, nothing.by_stage) == (0, 0, 0, {})


@pytest.mark.parametrize(("wanted", "expected"), [
    (Filter(hub="LGG"), 2), (Filter(hub="BRU"), 0), (Filter(mode="rail"), 0), (Filter(country="NL"), 1),
    (Filter(since=START - 30 * 24 * H), 2), (Filter(until=datetime(2026, 11, 10, 6, tzinfo=UTC)), 0),
    (Filter(since=datetime(2026, 11, 10, 6, tzinfo=UTC), until=datetime(2026, 11, 10, 7, tzinfo=UTC)), 2),
    (Filter(since=datetime(2026, 11, 10, 8, tzinfo=UTC)), 0),
])
async def test_figures_follow_the_filter(room: Room, wanted: Filter, expected: int) -> None:
    await two_partners(room)
    found = await room.read(lambda conn: summarise(conn, wanted, EVERYTHING, room.now))
    assert found.total == expected


async def test_a_flight_number_means_its_latest_runs_newest_first(room: Room) -> None:
    for day in ("08", "10", "09"):
        await room.report(scan(f"LX0000000{day}CN", "LINEHAUL_TENDERED", f"2026-11-{day}T00:00Z",
                               linehaul=f"CV7911/2026-11-{day}"),
                          haul_event(f"CV7911/2026-11-{day}", "LINEHAUL_DEPARTED", f"2026-11-{day}T06:00Z"))
    found = await room.read(lambda conn: find_linehauls(conn, ["CV7911", "cv 7911/2026-11-09"], EVERYTHING, room.now))
    assert [one.key for one in found["CV7911"]] == [f"CV7911/2026-11-{day}" for day in ("10", "09", "08")]
    assert [one.key for one in found["cv 7911/2026-11-09"]] == ["CV7911/2026-11-09"]


async def test_a_source_that_has_been_silent_for_long_is_named(room: Room) -> None:
    await two_partners(room)
    gaps = {"A": 3600.0, "carrier": 40 * 24 * 3600.0, "never heard": 60.0}
    (one,) = await room.read(lambda conn: silent_sources(conn, room.now, gaps))
    assert (one.name, one.since) == ("A", datetime(2026, 11, 10, 8, tzinfo=UTC))


def recounted(conn: Connection) -> tuple[Counter[tuple[int, ...]], Counter[tuple[int, ...]]]:
    """The counts by scanning every parcel, which the product never does."""
    alike: Counter[tuple[int, ...]] = Counter()
    by_hour: Counter[int] = Counter()
    for row in conn.execute(select(parcel)):
        alike[(row.linehaul_id or 0, row.unit_id or 0, row.partner_id, row.lane_id or 0, row.milestone or 0,
               row.customs or 0, int(row.hold is not None))] += 1
        by_hour[(row.status_at or 0) // 3_600_000_000] += 1
    return alike, Counter({(hour,): count for hour, count in by_hour.items()})


NUMBERS = [f"LX00000000{number}CN" for number in range(4)]
STEPS = ["COLLECTED", "LINEHAUL_TENDERED", "IMPORT_CUSTOMS_STARTED", "IMPORT_CUSTOMS_HELD", "IMPORT_CUSTOMS_RELEASED",
         "OUT_FOR_DELIVERY", "DELIVERED", "RETURN_STARTED", "EXC_DAMAGED", "EXC_HELD"]
REPORTS = st.lists(st.tuples(
    st.sampled_from(NUMBERS), st.sampled_from(STEPS), st.integers(0, 200),
    st.sampled_from([None, "172-12345675", "PMC54321CA", "CV7911/2026-11-10", "CV7913/2026-11-11"]),
), min_size=1, max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(batches=st.lists(REPORTS, min_size=1, max_size=4))
async def test_kept_counts_agree_with_counting(
    sqlite_room: Room, batches: list[list[tuple[str, str, int, str]]]
) -> None:
    for batch in batches:
        await sqlite_room.report(*(
            scan(number, step, (datetime(2026, 11, 1, tzinfo=UTC) + hour * H).isoformat(), linehaul=haul)
            for number, step, hour, haul in batch))
    counted, hours = await sqlite_room.read(recounted)
    kept = await sqlite_room.read(lambda conn: {tuple(row[:7]): row[7] for row in conn.execute(select(tally))})
    assert kept == counted
    by_hour: Counter[tuple[int, ...]] = Counter()
    for row in await sqlite_room.read(lambda conn: conn.execute(select(pulse)).all()):
        by_hour[(row.hour,)] += row.parcels
    assert by_hour == hours
    views = await sqlite_room.read(lambda conn: find_parcels(conn, NUMBERS, EVERYTHING, sqlite_room.now))
    shown = Counter(view.milestone or "UNKNOWN" for (view,) in views.values())
    summary = await sqlite_room.read(lambda conn: summarise(conn, Filter(), EVERYTHING, sqlite_room.now))
    assert summary.by_stage == shown


async def test_alerts_see_a_parcel_in_a_container_where_the_train_is(room: Room) -> None:
    """The reading for lists of alerts and the reading for questions say the same."""
    await room.report(
        scan(MINE, "LINEHAUL_TENDERED", "2026-11-07T08:00Z", linehaul="CSQU3054383"),
        haul_event("X8155/2026-11-08", "LINEHAUL_DEPARTED", "2026-11-08T03:00Z", contains=["CSQU3054383"]),
    )
    view = await room.parcel(MINE)
    places = await room.read(lambda conn: places_of(conn, [view.id]))
    assert places == {view.id: "LINEHAUL_DEPARTED"}
    assert view.milestone == "LINEHAUL_DEPARTED"

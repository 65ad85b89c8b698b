"""Lists of late and held parcels: what is at a hub, what is held and why, each in its scope."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from bot.people import EVERYTHING, NOTHING
from bot.tracking.codes import ARRIVED
from bot.tracking.finding import parcels_by_number
from bot.tracking.held import held_list
from bot.tracking.late import late_list
from bot.tracking.matching import HANDED_OVER
from bot.tracking.reading import load_hauls
from bot.tracking.snapshot import effective
from bot.tracking.views import Filter
from tests.tracking.conftest import START, Room, haul_event, scan

BE, FLIGHT = "PVG-air-LGG-BE-bpost", "CV7911/2026-11-10"
NUMBERS = ("LX123456785CN", "LX100000017CN", "LX100000025CN", "LX100000034CN", "LX100000048CN")


def held(number: str, milestone: str, day: int, reason: str | None = None, **more: Any) -> dict[str, Any]:
    at = f"2026-11-{day:02d}T08:00Z"
    return scan(number, milestone, at, lane=BE, **({"reason": reason} if reason else {}), **more)


async def counted(room: Room, wanted: Filter, **more: Any) -> dict[tuple[str, str | None], int]:
    groups, _ = await room.read(lambda conn: held_list(
        conn, wanted, more.get("scope", EVERYTHING), customs=more.get("customs", False), limit=10
    ))
    return {(group.hold, group.reason): group.parcels for group in groups}


async def several(room: Room) -> None:
    first, second, third, fourth, foreign = NUMBERS
    await room.report(
        held(first, "IMPORT_CUSTOMS_HELD", 12, "CUS_DOCS", location="LGG"),
        held(second, "IMPORT_CUSTOMS_HELD", 11, "CUS_DOCS", location="LGG", linehaul=FLIGHT),
        held(third, "EXC_PAYMENT_REQUIRED", 13, "CUS_DUTY_UNPAID"),
        held(fourth, "EXC_HELD", 10),
        held(foreign, "IMPORT_CUSTOMS_HELD", 9, "CUS_VALUE", partner="jitu"),
    )


async def test_held_parcels_are_counted_by_reason_and_listed_longest_first(room: Room) -> None:
    await several(room)
    mine = room.scopes["cainiao"]
    groups, rows = await room.read(lambda conn: held_list(conn, Filter(), mine, limit=3))
    assert next((one.hold, one.reason, one.parcels) for one in groups) == ("IMPORT_CUSTOMS_HELD", "CUS_DOCS", 2)
    assert sum(one.parcels for one in groups) == 4
    assert [row.number for row in rows] == [NUMBERS[3], NUMBERS[1], NUMBERS[0]]
    assert (rows[1].place, rows[1].reason, rows[1].linehaul) == ("LGG", "CUS_DOCS", FLIGHT)
    assert rows[1].since == datetime(2026, 11, 11, 8, tzinfo=UTC)


async def test_what_went_on_or_ended_is_not_held_any_more(room: Room) -> None:
    await several(room)
    await room.report(scan(NUMBERS[0], "IMPORT_CUSTOMS_RELEASED", "2026-11-14T08:00Z"),
                      scan(NUMBERS[3], "DELIVERED", "2026-11-14T08:00Z"))
    assert sum((await counted(room, Filter(), scope=room.scopes["cainiao"])).values()) == 2


async def test_held_lists_follow_scope_filter_and_the_word_customs(room: Room) -> None:
    await several(room)
    assert sum((await counted(room, Filter())).values()) == 5
    assert await counted(room, Filter(), scope=room.scopes["jitu"]) == {("IMPORT_CUSTOMS_HELD", "CUS_VALUE"): 1}
    assert await counted(room, Filter(), scope=NOTHING) == {}
    assert ("EXC_HELD", None) not in await counted(room, Filter(), customs=True)
    assert ("EXC_PAYMENT_REQUIRED", "CUS_DUTY_UNPAID") in await counted(room, Filter(), customs=True)
    assert sum((await counted(room, Filter(country="BE"))).values()) == 5
    assert await counted(room, Filter(hub="BRU")) == {}
    late = Filter(since=datetime(2026, 11, 12, tzinfo=UTC), until=datetime(2026, 11, 13, tzinfo=UTC))
    assert await counted(room, late) == {("IMPORT_CUSTOMS_HELD", "CUS_DOCS"): 1}


async def test_the_list_of_held_parcels_reads_the_index_of_the_held(sqlite_room: Room) -> None:
    plan = await sqlite_room.read(lambda conn: conn.execute(text(
        "EXPLAIN QUERY PLAN SELECT id FROM parcel WHERE held_since IS NOT NULL ORDER BY held_since, id LIMIT 10"
    )).all())
    assert "ix_parcel_held_since" in str(plan)


async def test_late_at_a_hub_means_there_now_by_the_parcel_or_by_what_carries_it(room: Room) -> None:
    on_the_way, at_hub, carried, beyond, elsewhere = NUMBERS
    due = {"promised_at": "2026-11-12T21:00Z", "lane": BE}
    await room.report(
        scan(on_the_way, "LINEHAUL_DEPARTED", linehaul="CV7000/2026-11-10", **due),
        scan(at_hub, "HUB_RECEIVED", **due),
        scan(carried, "LINEHAUL_TENDERED", "2026-11-09T08:00Z", linehaul=FLIGHT, **due),
        haul_event(FLIGHT, "LINEHAUL_DEPARTED", "2026-11-10T06:00Z", lane="PVG-air-LGG"),
        haul_event(FLIGHT, "LINEHAUL_ARRIVED", "2026-11-10T18:00Z", location="LGG"),
        scan(beyond, "OUT_FOR_DELIVERY", **due),
        scan(elsewhere, "HUB_RECEIVED", **due | {"lane": "PVG-air-BRU-BE-bpost"}),
    )
    for _ in range(3):
        await room.sweep()

    async def numbers(wanted: Filter) -> set[str]:
        total, rows = await room.read(lambda conn: late_list(conn, wanted, EVERYTHING, room.now, limit=10))
        assert total == len(rows)
        return {row.number for row in rows}

    assert await numbers(Filter(hub="LGG")) == {on_the_way, at_hub, carried, beyond}
    assert await numbers(Filter(at_hub="LGG")) == {at_hub, carried}
    assert await numbers(Filter(at_hub="BRU")) == {elsewhere}


STEPS = st.lists(st.sampled_from([
    "ANNOUNCED", "LINEHAUL_TENDERED", "LINEHAUL_DEPARTED", "LINEHAUL_ARRIVED", "HUB_RECEIVED",
    "IMPORT_CUSTOMS_STARTED", "IMPORT_CUSTOMS_RELEASED", "LASTMILE_HANDED_OVER", "DEPOT_ARRIVED", "OUT_FOR_DELIVERY",
]), min_size=1, max_size=4)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(own=STEPS, of_flight=STEPS)
async def test_being_at_the_hub_in_a_list_is_what_figures_count_as_being_there(
    sqlite_room: Room, own: Sequence[str], of_flight: Sequence[str]
) -> None:
    room, number = sqlite_room, numbers_from(sqlite_room)
    flight = f"CV{1000 + int(number[2:10]) % 8000}/2026-11-10"
    await room.report(
        *(scan(number, one, f"2026-11-10T{hour:02d}:00Z", lane=BE, linehaul=flight) for hour, one in enumerate(own)),
        held(number, "EXC_HELD", 11),
        *(haul_event(flight, one, f"2026-11-10T{hour:02d}:30Z") for hour, one in enumerate(of_flight)
          if one.startswith("LINEHAUL")),
    )
    _, rows = await room.read(lambda conn: held_list(conn, Filter(at_hub="LGG"), EVERYTHING, limit=1000))
    stage = await room.read(lambda conn: stage_of(conn, number))
    assert (number in {row.number for row in rows}) == (ARRIVED <= stage < HANDED_OVER)


def stage_of(conn: Connection, number: str) -> int:
    """How far a parcel is, as figures count it."""
    state = parcels_by_number(conn, [number])[0][1].state
    hauls = load_hauls(conn, [key for key in (state.linehaul_id, state.unit_id) if key is not None])
    haul, unit = (
        (hauls[key].milestone, hauls[key].status_at) if key is not None else (None, None)
        for key in (state.linehaul_id, state.unit_id)
    )
    own, customs = (state.milestone, state.status_at), (state.customs, state.customs_at)
    return effective(own, customs, haul, unit)[0] or 0


def numbers_from(room: Room) -> str:
    """A number nobody has used in this room."""
    room.clock.advance(timedelta(seconds=1))
    return f"ZZ{int((room.now - START).total_seconds()):08d}0CN"

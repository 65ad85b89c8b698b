"""Quiet hours: the reader's wall clock over a year of clock changes; held, looked at again, told in one message."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.quiet import QuietHours, instant
from bot.settings.model import QuietHours as Setting
from bot.store import Store
from tests.alerts.world import NOW, H, World, make_world, settings

BRUSSELS, SHANGHAI = ZoneInfo("Europe/Brussels"), ZoneInfo("Asia/Shanghai")
NIGHT = QuietHours(time(22), time(8))


@pytest.mark.parametrize(
    ("local", "opens"),
    [
        ("2026-11-24T21:59", None), ("2026-11-24T22:00", "2026-11-25T08:00"), ("2026-11-25T00:30", "2026-11-25T08:00"),
        ("2026-11-25T07:59", "2026-11-25T08:00"), ("2026-11-25T08:00", None),
        ("2026-10-24T23:00", "2026-10-25T08:00"), ("2027-03-27T23:00", "2027-03-28T08:00"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("zone", [BRUSSELS, SHANGHAI])
def test_nights_end_at_eight_by_the_readers_clock(local: str, opens: str | None, zone: ZoneInfo) -> None:
    found = NIGHT.opens_at(datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(UTC), zone)
    assert found == (None if opens is None else datetime.fromisoformat(opens).replace(tzinfo=zone))


def test_the_night_of_a_clock_change_is_an_hour_longer_or_shorter() -> None:
    autumn = datetime(2026, 10, 24, 22, tzinfo=BRUSSELS).astimezone(UTC)
    spring = datetime(2027, 3, 27, 22, tzinfo=BRUSSELS).astimezone(UTC)
    assert NIGHT.opens_at(autumn, BRUSSELS) == autumn + 11 * H
    assert NIGHT.opens_at(spring, BRUSSELS) == spring + 9 * H


def test_an_opening_the_clocks_skip_is_the_first_instant_after_and_of_a_doubled_one_the_first() -> None:
    assert instant(date(2027, 3, 28), time(2, 30), BRUSSELS) == datetime(2027, 3, 28, 1, tzinfo=UTC)
    assert instant(date(2026, 10, 25), time(2, 30), BRUSSELS) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    early = QuietHours(time(22), time(2, 30))
    second = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 02:10 for the second time
    assert early.opens_at(second, BRUSSELS) is None, "it has opened once and stays open"


def test_hours_that_are_off_or_empty_are_never_quiet() -> None:
    assert QuietHours.of(Setting(enabled=False)) is None
    assert QuietHours.of(Setting(start="08:00", end="08:00")) is None
    assert QuietHours.of(Setting()) == NIGHT


@given(
    minutes=st.integers(0, 600_000), start=st.times(), end=st.times(),
    zone=st.sampled_from([BRUSSELS, SHANGHAI, ZoneInfo("America/Chicago"), ZoneInfo("Australia/Lord_Howe")]),
)  # fmt: skip
def test_quiet_always_ends_within_a_day_and_what_opens_is_open(
    minutes: int, start: time, end: time, zone: ZoneInfo
) -> None:
    hours = QuietHours(start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0))
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    opens = hours.opens_at(now, zone)
    if opens is not None:
        assert now < opens <= now + 25 * H
        assert hours.opens_at(opens - timedelta(minutes=1), zone) is not None or opens - now < timedelta(minutes=1)


# ---- held and told ----


@pytest.fixture
async def world(store: Store) -> World:
    """Noon in Beijing, five in the morning in Brussels; quiet hours as delivered."""
    made = await make_world(store, settings=settings(quiet_hours={}))
    for name in ("li", "desk"):
        await made.follow(name)
    return made


async def test_who_sleeps_is_told_in_the_morning(world: World) -> None:
    flight = await world.late_flight()
    await world.parcels(2, of="cainiao", on=flight)
    assert [one.conversation_id for one in await world.become_told()] == [world.places["li"]]
    await world.pass_time(NOW + 3 * H - world.now - timedelta(minutes=1))
    assert await world.told("desk") == []
    await world.pass_time(timedelta(minutes=5), step=timedelta(minutes=1))
    (told,) = await world.told("desk")
    assert told.card.title == "Late: flight CV7911 PVG–LGG, 2 parcels past hub arrival"
    await world.pass_time(H)
    assert await world.told("desk") == []


async def test_the_night_becomes_one_message_and_what_passed_is_only_counted(world: World) -> None:
    flights = [await world.late_flight(f"CV791{n}") for n in range(3)]
    for n, flight in enumerate(flights):
        await world.parcels(n + 1, of="cainiao", on=flight, start=n * 10)
    await world.become_told()
    await world.land(flights[0])
    await world.pass_time(4 * H)
    (told,) = await world.told("desk")
    assert told.card.title == "2 alerts from the quiet hours"
    assert told.card.text == ("1 alert came and went in the meantime.",)
    assert told.card.table is not None
    assert [row[0] for row in told.card.table.rows] == ["A-2", "A-3"]
    for flight in flights[1:]:
        await world.land(flight)
    await world.pass_time(H)
    assert len(await world.told("desk")) == 2, "whoever was told in the morning hears that it is over"


async def test_what_is_over_before_morning_is_never_told(world: World) -> None:
    flight = await world.late_flight()
    await world.parcels(1, of="jitu", on=flight)
    assert await world.become_told() == []
    (episode,) = await world.episodes()
    assert episode.suppression == "quiet"
    await world.land(flight)
    await world.pass_time(10 * H)
    assert await world.told() == []
    (episode,) = await world.episodes()
    assert episode.suppression == "cleared_before_send"


async def test_the_end_of_an_alert_waits_for_morning_too(world: World) -> None:
    world.clock.advance(9 * H)  # 14:00 in Brussels, 21:00 in Beijing
    flight = await world.late_flight()
    await world.parcels(1, of="cainiao", on=flight)
    assert len(await world.become_told()) == 2
    world.clock.advance(H)
    await world.land(flight)
    await world.pass_time(H)
    assert [one.conversation_id for one in await world.told()] == [world.places["desk"]]
    await world.pass_time(10 * H)
    (over,) = await world.told("li")
    assert over.card.title == "已恢复：航班 CV7911 PVG–LGG"


async def test_after_a_standstill_over_a_whole_day_the_next_morning_is_waited_for(world: World) -> None:
    flight = await world.late_flight()
    await world.parcels(1, of="cainiao", on=flight)
    await world.become_told()
    world.clock.advance(25 * H)  # nobody swept; it is half past six in Brussels again
    await world.sweep()
    assert await world.told("desk") == []
    world.clock.advance(2 * H)
    await world.sweep()
    assert len(await world.told("desk")) == 1

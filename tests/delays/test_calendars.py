"""Working days: official and provisional years, what the configuration adds, clocks that change."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delays import Calendars

_TEXT = (Path(__file__).parent / "data" / "calendar_2026_2027.csv").read_text("utf-8")
ROWS = list(csv.DictReader(_TEXT.splitlines()))
BRUSSELS, SHANGHAI = ZoneInfo("Europe/Brussels"), ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['country']}-{row['date']}")
def test_every_day_of_the_reference_calendar_is_known(row: dict[str, str]) -> None:
    works = Calendars().of(row["country"]).is_working(date.fromisoformat(row["date"]))
    assert works is (row["type"] == "make-up workday")


def test_no_working_day_of_two_years_is_lost() -> None:
    off = {(row["country"], row["date"]) for row in ROWS if row["type"] != "make-up workday"}
    made_up = {(row["country"], row["date"]) for row in ROWS if row["type"] == "make-up workday"}
    for country in ("BE", "CN"):
        calendar = Calendars().of(country)
        for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(730)):
            key = (country, day.isoformat())
            assert calendar.is_working(day) is (key in made_up or (day.weekday() < 5 and key not in off)), day


def test_only_a_chinese_year_without_official_days_is_provisional() -> None:
    calendars = Calendars()
    assert not calendars.is_provisional("CN", 2026)
    assert calendars.is_provisional("CN", 2027)
    assert not calendars.is_provisional("BE", 2027)


def test_the_configuration_adds_days_off_and_working_days() -> None:
    calendars = Calendars(days_off={"BE": ("2026-11-24",)}, working_days={"BE": ("2026-11-28",)})
    friday = datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert calendars.add_working_days(friday, 2, "BE").date() == date(2026, 11, 25)
    assert calendars.of("BE").is_working(date(2026, 11, 28))
    assert not calendars.of("NL").is_working(date(2026, 11, 28))


def test_a_country_without_calendar_has_weekends() -> None:
    calendar = Calendars().of("ZZ")
    assert calendar.is_working(date(2026, 12, 25))
    assert not calendar.is_working(date(2026, 12, 26))


def test_working_days_keep_the_wall_clock_when_brussels_changes() -> None:
    friday = datetime(2026, 10, 23, 18, tzinfo=BRUSSELS)
    monday = Calendars().add_working_days(friday, 1, "BE").astimezone(BRUSSELS)
    assert monday == datetime(2026, 10, 26, 18, tzinfo=BRUSSELS)
    assert monday.astimezone(UTC) - friday.astimezone(UTC) == timedelta(hours=73)
    shanghai = Calendars().add_working_days(friday, 1, "CN")
    assert shanghai.astimezone(SHANGHAI).hour == friday.astimezone(SHANGHAI).hour


def test_a_skipped_local_time_moves_forward_and_of_a_doubled_one_the_first_is_meant() -> None:
    calendars = Calendars(working_days={"BE": ("2027-03-28", "2026-10-25")})
    skipped = calendars.add_working_days(datetime(2027, 3, 26, 2, 30, tzinfo=BRUSSELS), 1, "BE")
    assert skipped == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    doubled = calendars.add_working_days(datetime(2026, 10, 23, 2, 30, tzinfo=BRUSSELS), 1, "BE")
    assert doubled == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(
    minutes=st.integers(0, 950_000),
    days=st.integers(0, 12),
    country=st.sampled_from(["BE", "CN", "NL", "GB", "ZZ"]),
)
def test_working_days_are_counted_one_by_one(minutes: int, days: int, country: str) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    calendar = Calendars().of(country)
    end = calendar.add_working_days(start, days).astimezone(calendar.zone).date()
    first = start.astimezone(calendar.zone).date()
    passed = [first + timedelta(days=n) for n in range(1, (end - first).days + 1)]
    if days:
        assert sum(calendar.is_working(day) for day in passed) == days
    assert calendar.is_working(end)

"""Periods become instants of the reader's own days."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.skills.parcels.periods import read_period
from bot.wording import Words

NOW = datetime(2026, 11, 24, 7, 2, tzinfo=UTC)  # a Tuesday
BEIJING = Words("zh-Hans", ZoneInfo("Asia/Shanghai"), NOW)
BRUSSELS = Words("en", ZoneInfo("Europe/Brussels"), NOW)


@pytest.mark.parametrize(
    ("slot", "first", "last", "said"),
    [
        ("today", "2026-11-24", "2026-11-24", "today"),
        ("yesterday", "2026-11-23", "2026-11-23", "yesterday"),
        ("this_week", "2026-11-23", "2026-11-24", "this week (23–24 Nov)"),
        ("last_week", "2026-11-16", "2026-11-22", "last week (16–22 Nov)"),
        ("this_month", "2026-11-01", "2026-11-24", "this month (1–24 Nov)"),
        ("last_month", "2026-10-01", "2026-10-31", "last month (1–31 Oct)"),
        ("last_3_days", "2026-11-22", "2026-11-24", "last 3 days (22–24 Nov)"),
        ("last_1_days", "2026-11-24", "2026-11-24", "last day (Tue 24 Nov)"),
        ("2026-11-11", "2026-11-11", "2026-11-11", "Wed 11 Nov"),
        ("2026-11-01/2026-11-11", "2026-11-01", "2026-11-11", "1–11 Nov"),
        ("2026-02", "2026-02-01", "2026-02-28", "1–28 Feb"),
        ("2025-12", "2025-12-01", "2025-12-31", "1–31 Dec 2025"),
    ],
)
def test_a_period_covers_whole_days_and_has_a_name(slot: str, first: str, last: str, said: str) -> None:
    period = read_period(slot, BRUSSELS)
    assert period is not None
    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)
    assert period.said(BRUSSELS) == said


@pytest.mark.parametrize("slot", [None, "", "soon", "2026-13", "2026-11-31", "2026-11-20/2026-11-10", "last_0_days", 7])
def test_a_period_that_makes_no_sense_restricts_nothing(slot: object) -> None:
    assert read_period(slot, BRUSSELS) is None


def test_today_begins_at_the_readers_midnight() -> None:
    assert read_period("today", BEIJING).since(BEIJING) == datetime(2026, 11, 23, 16, tzinfo=UTC)  # type: ignore[union-attr]
    assert read_period("today", BRUSSELS).since(BRUSSELS) == datetime(2026, 11, 23, 23, tzinfo=UTC)  # type: ignore[union-attr]


def test_a_day_of_the_clock_change_has_its_own_length() -> None:
    period = read_period("2026-10-25", BRUSSELS)
    assert period is not None
    length = period.until(BRUSSELS).astimezone(UTC) - period.since(BRUSSELS).astimezone(UTC)
    assert length.total_seconds() == 25 * 3600


def test_chinese_names_its_days_too() -> None:
    period = read_period("last_week", BEIJING)
    assert period is not None
    assert period.said(BEIJING) == "上周（11月16日至22日）"

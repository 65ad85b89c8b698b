"""Periods of a list or a summary become the forms the skills rely on; the clock is a Wednesday."""

import pytest

from bot.understanding import understand
from tests.understanding.scoring import NOW


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("late parcels today", "today"),
        ("今日延误清单", "today"),
        ("昨天晚到的有哪些", "yesterday"),
        ("late parcels the day before yesterday", "2026-11-16"),
        ("前天延误的有哪些", "2026-11-16"),
        ("delays this week", "this_week"),
        ("上周延误件", "last_week"),
        ("上個月延誤的包裹", "last_month"),
        ("延误件 本月", "this_month"),
        ("late parcels over the last 10 days", "last_10_days"),
        ("最近三天延误的有哪些", "last_3_days"),
        ("近两周超时件", "last_14_days"),
        ("delayed parcels in the past fortnight", "last_14_days"),
        ("past 24 hours late parcels", "last_1_days"),
        ("late parcels on Monday", "2026-11-16"),
        ("上周五延误的有哪些", "2026-11-13"),
        ("周一延误的有哪些", "2026-11-16"),
        ("late parcels on 3 November", "2026-11-03"),
        ("late parcels on Nov 3rd", "2026-11-03"),
        ("11月3日延误清单", "2026-11-03"),
        ("11月3号到7号延误清单", "2026-11-03/2026-11-07"),
        ("late parcels from 2026-11-01 to 2026-11-07", "2026-11-01/2026-11-07"),
        ("late parcels 1-7 November", "2026-11-01/2026-11-07"),
        ("十月延误件", "2026-10"),
        ("late parcels in October", "2026-10"),
        ("late parcels of December", "2025-12"),
        ("双十一延误的有多少", "2026-11-11"),
        ("delays on Black Friday", "2025-11-28"),
        ("late parcels on 11/12", "2025-12-11"),
        ("late parcels gisteren", "yesterday"),
        ("list of late parcels", None),
    ],
)
def test_a_period_is_resolved(text: str, period: str | None) -> None:
    reading = understand(text, now=NOW)
    assert (reading.intent, reading.slots.get("period")) == ("delayed_list", period)


@pytest.mark.parametrize(
    "text", ["late parcels on 31 February", "2月30日延误清单", "late parcels 99/99", "13月延误清单"]
)
def test_a_day_that_does_not_exist_names_no_day(text: str) -> None:
    reading = understand(text, now=NOW)
    assert "-02-3" not in str(reading.slots.get("period"))
    assert reading.intent == "delayed_list"

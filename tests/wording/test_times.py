"""Instants, days and lengths as readers write them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.contracts import Language
from bot.wording import Words

NOW = datetime(2026, 11, 24, 7, 2, tzinfo=UTC)


def words(language: Language = "en", zone: str = "Asia/Shanghai") -> Words:
    return Words(language, ZoneInfo(zone), NOW)


@pytest.mark.parametrize(
    ("language", "zone", "expected"),
    [
        ("en", "Asia/Shanghai", "yesterday 22:02 (Beijing time)"),
        ("zh-Hans", "Asia/Shanghai", "昨天 22:02（北京时间）"),
        ("zh-Hant", "Europe/Brussels", "昨天 15:02（布魯塞爾時間）"),
        ("en", "America/New_York", "yesterday 09:02 (New York time)"),
        ("zh-Hans", "America/New_York", "昨天 09:02（纽约时间）"),
        ("zh-Hans", "Asia/Kolkata", "昨天 19:32（加尔各答时间）"),
        ("zh-Hans", "Europe/Kyiv", "昨天 16:02（基辅时间）"),
        ("en", "America/Argentina/Buenos_Aires", "yesterday 11:02 (Buenos Aires time)"),
        ("en", "UTC", "yesterday 14:02 (UTC)"),
        ("zh-Hans", "Etc/GMT-8", "昨天 22:02（UTC+8）"),
    ],
)
def test_an_instant_is_said_in_the_readers_zone_with_its_name(language: Language, zone: str, expected: str) -> None:
    assert words(language, zone).when(NOW - timedelta(hours=17)) == expected


def test_the_day_changes_with_the_readers_midnight() -> None:
    instant = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    assert words(zone="Asia/Shanghai").clock(instant) == "today 01:00"
    assert words(zone="Europe/Brussels").clock(instant) == "yesterday 18:00"


def test_winter_and_summer_time_of_brussels_are_both_right() -> None:
    reader = words(zone="Europe/Brussels")
    assert reader.clock(datetime(2026, 10, 24, 10, 0, tzinfo=UTC)) == "Sat 24 Oct 12:00"
    assert reader.clock(datetime(2026, 10, 26, 10, 0, tzinfo=UTC)) == "Mon 26 Oct 11:00"


@pytest.mark.parametrize(
    ("hours", "english", "chinese"),
    [
        (-0.1, "just now", "刚刚"),
        (0.01, "just now", "刚刚"),
        (0.3, "18 min ago", "18 分钟前"),
        (1, "1 h ago", "1 小时前"),
        (1.5, "1 h 30 min ago", "1 小时 30 分钟前"),
        (7.9, "7 h ago", "7 小时前"),
        (47, "47 h ago", "47 小时前"),
        (48, "2 days ago", "2 天前"),
        (24 * 1200, "1,200 days ago", "1,200 天前"),
    ],
)
def test_ages(hours: float, english: str, chinese: str) -> None:
    instant = NOW - timedelta(hours=hours)
    assert words("en").age(instant) == english
    assert words("zh-Hans").age(instant) == chinese


@pytest.mark.parametrize(
    ("first", "last", "english", "chinese"),
    [
        (date(2026, 11, 24), date(2026, 11, 26), "24–26 Nov", "11月24日至26日"),
        (date(2026, 11, 28), date(2026, 12, 2), "28 Nov – 2 Dec", "11月28日至12月2日"),
        (date(2026, 12, 30), date(2027, 1, 2), "30 Dec 2026 – 2 Jan 2027", "2026年12月30日至2027年1月2日"),
        (date(2027, 1, 1), date(2027, 1, 2), "1–2 Jan 2027", "2027年1月1日至2日"),
        (date(2026, 11, 27), date(2026, 11, 27), "Fri 27 Nov", "11月27日周五"),
        (date(2025, 11, 27), date(2025, 11, 27), "Thu 27 Nov 2025", "2025年11月27日"),
    ],
)
def test_ranges_of_days(first: date, last: date, english: str, chinese: str) -> None:
    assert words("en").days(first, last) == english
    assert words("zh-Hans").days(first, last) == chinese


def test_a_near_day_goes_by_its_name() -> None:
    assert [words("en").near_day(NOW + timedelta(days=shift)) for shift in (-2, -1, 0, 1)] == [
        "Sun 22 Nov", "yesterday", "today", "tomorrow",
    ]  # fmt: skip

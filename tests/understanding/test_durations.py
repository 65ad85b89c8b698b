"""How long silence shall last, in the largest unit that fits."""

import pytest

from bot.understanding import understand
from tests.understanding.scoring import NOW


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("mute 2h", "2h"),
        ("mute for 30 minutes", "30m"),
        ("mute alerts for half an hour", "30m"),
        ("mute for an hour and a half", "90m"),
        ("mute 1.5 hours", "90m"),
        ("mute for a couple of days", "2d"),
        ("snooze for a week", "1w"),
        ("mute 24h", "1d"),
        ("mute two uur", "2h"),
        ("静音两小时", "2h"),
        ("静音半小时", "30m"),
        ("静音一个半小时", "90m"),
        ("静音半天", "12h"),
        ("靜音三個鐘頭", "3h"),
        ("免打扰三天", "3d"),
        ("四十五分钟内别吵", "45m"),
        ("静音一周", "1w"),
        ("mute until tomorrow", "22h"),
        ("mute until tomorrow 9am", "23h"),
        ("mute until 18:30", "510m"),
        ("mute until 6pm", "8h"),
        ("mute until 9 o'clock", "11h"),
        ("CV7911 静音到明天早上9点", "23h"),
        ("静音到明天上午九点半", "1410m"),
        ("静音到下午3点", "5h"),
        ("静音到今晚8点", "10h"),
        ("靜音到明早7點", "21h"),
        ("静音到18:00", "8h"),
        ("静音到9点", "11h"),
        ("静音到后天中午12点", "50h"),
        ("mute", None),
        ("静音", None),
    ],
)
def test_a_duration_is_resolved(text: str, duration: str | None) -> None:
    reading = understand(text, now=NOW)
    assert (reading.intent, reading.slots.get("duration")) == ("mute", duration)


def test_a_named_hour_is_not_a_minute_early() -> None:
    reading = understand("CV7911 静音到明天早上9点", now=NOW.replace(second=40))
    assert reading.slots["duration"] == "23h"

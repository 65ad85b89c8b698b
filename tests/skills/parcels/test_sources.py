"""Where data comes from, as a reader sees it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.skills.parcels.phrases import source_name
from bot.wording import Words


@pytest.mark.parametrize(("source", "shown"), [("carrier", "承运方"), ("bpost", "bpost"), ("Landmark Global",) * 2])
def test_a_feed_is_called_by_its_name_and_not_by_our_word_for_it(source: str, shown: str) -> None:
    words = Words("zh-Hans", ZoneInfo("Asia/Shanghai"), datetime(2026, 11, 24, tzinfo=UTC))
    assert source_name(words, source) == shown

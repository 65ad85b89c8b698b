"""Which requests are answered on the event loop's thread: only those whose cost does not grow with what is stored."""

from datetime import UTC, datetime

import pytest

from bot.skills.brief import MOST_NUMBERS, is_brief
from bot.understanding import Understanding, understand

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def read(text: str) -> Understanding:
    return understand(text, now=NOW)


@pytest.mark.parametrize("text", [
    "LX123456785CN 到哪了", "when will LX123456785CN arrive", "LX123456785CN 为什么晚", "谢谢",
])  # fmt: skip
def test_a_few_parcels_and_small_talk_are_brief(text: str) -> None:
    assert is_brief(read(text))


@pytest.mark.parametrize("text", [
    "which parcels are held by customs and why?", "CNBJSABELGGAAUN60001001001234 到哪了", "where is AKE12345CV",
    "112-12345675 到哪了", "为什么这么多包裹晚了",
])  # fmt: skip
def test_what_may_look_at_many_parcels_is_not(text: str) -> None:
    assert not is_brief(read(text))


def test_nor_are_many_numbers() -> None:
    numbers = [f"LX{n}CN" for n in ("123456785", "000000005", "000000014", "000000028", "000000031", "000000045")]
    assert is_brief(Understanding(intent="track", slots={"numbers": tuple(numbers[:MOST_NUMBERS])}, language="zh"))
    assert not is_brief(Understanding(intent="track", slots={"numbers": tuple(numbers)}, language="zh"))

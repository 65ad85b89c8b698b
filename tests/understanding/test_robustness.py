"""Any text is read, in bounded time, the same way each time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding import Turn, parse_command, understand
from tests.understanding.scoring import NOW

_PIECES = [
    *("LX473124829CN", "CV7911", "157-12345675", "A-12", "C-204", "到哪了", "延误", "為什麼", "where", "late", "mute"),
    *(
        "2h",
        "11月3日",
        "31/02",
        "\ud800",
        "\x00",
        "\u202e",
        "\u200b",
        "🚚",
        "((((",
        "\n",
        "，",
        "?",
        "@小包",
        "qu xiao",
    ),
    *("不是", "not", "but", "第二个", "last", "半", "99999999999", "isn't", "'", "。"),
]
_LONG = {
    "han": "到" * 1_000_000,
    "letter": "a" * 1_000_000,
    "words": "where " * 170_000,
    "digits": "1" * 1_000_000,
    "brackets": "(" * 1_000_000,
    "alerts": "A-12 " * 200_000,
    "lines": "\n" * 1_000_000,
    "surrogates": "\ud800" * 1_000_000,
    "pinyin": "ni hao " * 140_000,
    "negation": "不是" * 500_000,
    "numbers": "LX473124829CN " * 70_000,
    "dashes": "- " * 500_000,
    "dictated": "一二三四五六 " * 150_000,
    "dictated in English": "one two double three " * 50_000,
    "switching": "没 receive " * 100_000,
}


@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=8), max_size=30).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_twice_the_same(text: str) -> None:
    context = [Turn("user", text), Turn("bot", text[::-1])]
    reading = understand(text, context=context, now=NOW)
    assert reading == understand(text, context=context, now=NOW)
    assert reading.language in {"en", "zh-Hans", "zh-Hant", "mixed"}
    assert 0 <= reading.confidence <= 1
    parse_command(text)


@given(st.text(alphabet=st.characters(exclude_categories=[]), max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_character_is_allowed(text: str) -> None:
    assert understand(text, now=NOW).intent


@pytest.mark.parametrize("text", _LONG.values(), ids=_LONG.keys())
@pytest.mark.timeout(20)
def test_a_million_characters_take_no_more_than_moments(text: str) -> None:
    assert understand(text, now=NOW).intent


def test_a_long_conversation_is_not_read_in_full() -> None:
    context = [Turn("user", "where is LX473124829CN")] * 5000
    assert understand("and when will it arrive", context=context, now=NOW).slots == {"numbers": ["LX473124829CN"]}


def test_a_question_below_a_long_quote_is_still_seen() -> None:
    text = "> old words\n" * 4000 + "where is LX473124829CN"
    assert understand(text, now=NOW).intent == "track"

"""What is told by the shape of a sentence, by words in their spoken form, and by words nobody knows."""

import pytest

from bot.understanding import Turn, understand
from bot.understanding.patterns import corrects_number, forges_record, tells_customer, travels
from bot.understanding.spelling import Speller
from bot.understanding.spoken import from_cantonese, written
from tests.understanding.scoring import NOW

_NUMBER = "LX473124829CN"


def _intent(text: str) -> str:
    return understand(text, now=NOW).intent


@pytest.mark.parametrize("text", ["怎么跟买家解释", "如何向客户道歉", "what can we tell the buyer"])
def test_words_for_a_customer_are_asked_for_in_many_ways(text: str) -> None:
    assert tells_customer(text)


@pytest.mark.parametrize("text", ["怎么跟你提问", "怎么还没到", "what is the status", "how late is it"])
def test_a_question_to_the_bot_is_no_question_about_a_customer(text: str) -> None:
    assert not tells_customer(text)


@pytest.mark.parametrize(
    "text",
    [f"make {_NUMBER} look delivered", f"remove the failed attempt from {_NUMBER}", f"backdate the scan of {_NUMBER}",
     f"给{_NUMBER}补一条签收扫描", f"把{_NUMBER}的扫描时间调到昨天", f"{_NUMBER}的延误记录删掉"],
)  # fmt: skip
def test_nobody_gets_a_record_forged(text: str) -> None:
    assert forges_record(text.lower())
    assert _intent(text) == "out_of_scope"


@pytest.mark.parametrize(
    "text", [f"remove the alert for {_NUMBER}", f"把{_NUMBER}的延误提醒删掉", f"撤掉{_NUMBER}的通知"]
)
def test_taking_an_alert_away_forges_nothing(text: str) -> None:
    assert not forges_record(text.lower())
    assert _intent(text) == "unsubscribe"


@pytest.mark.parametrize("text", ["去巴黎的火车几点", "坐飞机去北京"])
def test_a_journey_of_ones_own_is_no_linehaul(text: str) -> None:
    assert travels(text)
    assert _intent(text) == "out_of_scope"


def test_a_number_typed_again_repeats_the_question() -> None:
    turns = [Turn("user", "LX473124829CN什么时候到"), Turn("bot", "没有找到 LX473124829CN")]
    reading = understand("打错了，是LP00942811086812", context=turns, now=NOW)
    assert corrects_number("打错了,是 \ue000")
    assert (reading.intent, reading.slots) == ("eta", {"numbers": ["LP00942811086812"]})


@pytest.mark.parametrize(("spoken", "standard"), [("咋还没到", "怎么还没到"), ("啥时候到", "什么时候到")])
def test_spoken_mandarin_is_read_as_it_is_written(spoken: str, standard: str) -> None:
    assert written(spoken) == standard


def test_written_cantonese_is_read_as_mandarin() -> None:
    assert from_cantonese("喺边度") == "在哪里"
    assert from_cantonese("取消通知啦") == "取消通知啦"


@pytest.mark.parametrize(
    "text", [f"order no 88213, tracking {_NUMBER}, where is it", f"客户电话13588886666，{_NUMBER}到哪了"]
)
def test_the_numbers_of_other_papers_and_telephones_ask_nothing(text: str) -> None:
    assert _intent(text) == "track"


def test_and_is_no_span_of_time() -> None:
    assert "duration" not in understand("mute LX473124829CN and CV7911", now=NOW).slots
    assert understand("mute for an hour", now=NOW).slots["duration"] == "1h"


@pytest.mark.parametrize(
    "text", ["where is the zorbing", "列日有熊猫吗", "why is the zamboni late", "summarise the quux"]
)
def test_what_nothing_is_known_about_is_not_guessed_at(text: str) -> None:
    assert _intent(text) == "out_of_scope"


def test_phrases_may_overlap() -> None:
    assert _intent("what alerts does the other partner have") == "out_of_scope"


def test_the_nearest_word_does_not_depend_on_the_order_it_is_looked_for() -> None:
    speller = Speller({"estimated", "untreated", "estate"}, {"slips": {}, "left_alone": {"words": ""}})
    assert speller.correct("estmated") == "estimated"


def test_a_text_weighed_before_is_read_with_its_own_numbers() -> None:
    first = understand("LX473124829CN 到哪了", now=NOW)
    second = understand("LP00942811086812 到哪了", now=NOW)
    assert (first.slots, second.slots) == ({"numbers": ["LX473124829CN"]}, {"numbers": ["LP00942811086812"]})

"""How a message answers what was asked back, or does not."""

import pytest

from bot.skills.question import LEAVE, Choice, Question, answered, from_json, said_alone

ALL = Question((Choice(("是",), "subscribe", {"everything": True}),))
WHICH = Question((
    Choice(("CV7911",), "unsubscribe", {"refs": ["CV7911"]}), Choice(("列日", "LGG"), "unsubscribe", {"hub": "LGG"}),
))


@pytest.mark.parametrize("text", ["是", "是的。", "好", "Yes!", "確認", "yes please", "@包裹桥 是", "shi"])
def test_yes_is_yes(text: str) -> None:
    assert answered(ALL, text) == ALL.choices[0]


@pytest.mark.parametrize("text", ["不用了", "No", "算了", "cancel", "唔要", "@bot no"])
def test_no_changes_nothing(text: str) -> None:
    choice = answered(ALL, text)
    assert choice is not None
    assert choice.intent == LEAVE


@pytest.mark.parametrize("text", ["LX123456785CN 到哪了", "", "哪些晚", "是不是晚了", "yes but only CV7911", "是" * 99])
def test_anything_else_is_a_message_of_its_own(text: str) -> None:
    assert answered(ALL, text) is None


@pytest.mark.parametrize(("text", "place"), [
    ("CV7911", 0), ("cv7911", 0), ("1", 0), ("第一个", 0), ("一", 0), ("2", 1), ("第二個", 1), ("列日", 1), ("lgg.", 1),
])  # fmt: skip
def test_one_of_several_is_chosen_by_its_words_or_its_place(text: str, place: int) -> None:
    assert answered(WHICH, text) == WHICH.choices[place]


@pytest.mark.parametrize("text", ["都不取消", "none", "keep them all", "取消"])
def test_none_of_several_is_an_answer(text: str) -> None:
    choice = answered(WHICH, text)
    assert choice is not None
    assert choice.intent == LEAVE


@pytest.mark.parametrize("text", ["3", "第九个", "yes", "是"])
def test_an_answer_that_points_nowhere_is_none(text: str) -> None:
    assert answered(WHICH, text) is None


def test_a_question_is_stored_and_read_back() -> None:
    assert from_json(WHICH.to_json()) == WHICH


@pytest.mark.parametrize(("text", "bare"), [
    ("取消", True), ("Cancel.", True), ("退訂", True), ("取消 CV7911", False), ("cancel my flight", False),
])  # fmt: skip
def test_a_bare_cancel_is_told_from_a_longer_sentence(text: str, bare: bool) -> None:
    assert (said_alone(text) == "unsubscribe") is bare

"""An action that is named and turned away is not done; negative words that ask for something still ask for it.

At first sight of turned.jsonl (293 messages): frame 64.2 %, wrong action 40.4 %, false change 26.3 %, 45 of those 77
certain. Of turned2.jsonl (117, other words, after the first was mended): 73.5, 29.8 and 18.8 %, 8 of 22 certain; of
turned3.jsonl (57, after both): 73.7, 28.6 and 19.3 %, 3 of 11 certain. The three are hard on purpose.
"""

import pytest

from bot.understanding import Turn, understand
from bot.understanding.contrast import meant
from bot.understanding.tokens import PARCEL
from bot.understanding.turning import turned_away
from tests.understanding.scoring import NOW, Scored, load, rates, score

LX, RB = "LX123456785CN", "RB123456785CN"
_CHANGES = frozenset({"subscribe", "unsubscribe", "mute", "acknowledge", "set_language", "report_problem"})


@pytest.fixture(scope="module", params=["turned.jsonl", "turned2.jsonl", "turned3.jsonl"])
def turned(request: pytest.FixtureRequest) -> list[Scored]:
    return score(load(request.param))


def test_what_is_turned_away_is_not_done(turned: list[Scored]) -> None:
    figures = rates(turned)
    assert figures.frame >= 93
    assert figures.wrong_action < 3
    assert figures.false_change < 4
    assert not [one.item["text"] for one in turned if one.false_change and one.reading.certain]


def test_negative_words_that_ask_for_something_are_not_refused(turned: list[Scored]) -> None:
    assert rates([one for one in turned if one.item["style"] == "control"]).refused < 2


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("i never asked you to unsubscribe", "unsubscribe"),
        ("千万别把列日的提醒给取消了", "unsubscribe"),
        ("谁叫你静音的", "mute"),
        ("同事昨天已经静音了", "mute"),
        ("等到了我再退订", "unsubscribe"),
        ("how do i unsubscribe", "unsubscribe"),
        ("if we muted everything", "mute"),
        ("没有报丢件", "report_problem"),
    ],
)
def test_the_word_that_governs_the_verb_turns_it_away(text: str, intent: str) -> None:
    assert turned_away(text, _CHANGES).intents == {intent}


@pytest.mark.parametrize(
    "text",
    [
        "never received it and the customer complains",
        "not needed any more, please cancel",
        "我不负责了,请退订",
        "不是静音而是退订",
    ],
)
def test_a_negative_word_does_not_reach_another_verb(text: str) -> None:
    assert not turned_away(text, frozenset({"report_problem", "unsubscribe"})).intents


@pytest.mark.parametrize(
    "text", [f"不是要退订，静音 {LX} 两小时", f"don't mute {LX}, unsubscribe it", "别用中文，用英文"]
)
def test_a_change_beside_what_is_turned_away_is_asked_back(text: str) -> None:
    read = understand(text, now=NOW)
    assert read.intent in _CHANGES
    assert not read.certain


@pytest.mark.parametrize(
    "text", ["别再发提醒了", f"{LX} 不用提醒我了", f"{LX} never received, open a case", f"{LX}客户没收到，投诉"]
)
def test_a_change_asked_for_in_negative_words_is_certain(text: str) -> None:
    assert understand(text, now=NOW).certain


@pytest.mark.parametrize(
    ("before", "text", "wrong"),
    [
        (f"关注 {LX}", "先别退订", "unsubscribe"),
        (f"关注 {LX}", "don't cancel it", "unsubscribe"),
        ("你好", "先别确认", "acknowledge"),
    ],
)
def test_what_is_turned_away_in_a_conversation_is_not_done_either(before: str, text: str, wrong: str) -> None:
    context = [Turn("user", before), Turn("bot", "A-1024：一件包裹晚了")]
    assert understand(text, context=context, now=NOW).intent != wrong


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"不是 {PARCEL} ,是 {PARCEL} 到哪了", [RB]),
        (f"where is {PARCEL} , not {PARCEL}", [LX]),
        (f"{PARCEL} 不用查了, {PARCEL} 几号到", [RB]),
        (f"i mean {PARCEL} , {PARCEL} is here", [LX]),
        (f"why is not {PARCEL} with {PARCEL}", [LX, RB]),
        (f"不用看 {PARCEL} 和 {PARCEL} 了", [LX, RB]),
        (f"not {PARCEL} , not {PARCEL}", [LX, RB]),
    ],
)
def test_of_several_numbers_those_are_taken_that_are_meant(text: str, left: list[str]) -> None:
    assert meant(text, [LX, RB]) == left

"""What a message leaves out is taken from the turns before it, and nothing is guessed that changes something."""

import pytest

from bot.understanding import Turn, understand
from tests.understanding.scoring import NOW

FIRST, SECOND = "LX473124829CN", "UB387654321CN"


def _after(text: str, *turns: str) -> tuple[str, dict[str, object]]:
    context = [Turn("bot" if turn.startswith("b:") else "user", turn[2:].strip()) for turn in turns]
    reading = understand(text, context=context, now=NOW)
    return reading.intent, dict(reading.slots)


def test_a_question_without_a_number_means_the_parcel_just_spoken_of() -> None:
    assert _after("and when will it arrive?", f"u: where is {FIRST}") == ("eta", {"numbers": [FIRST]})


def test_a_number_alone_after_also_repeats_the_question() -> None:
    assert _after(f"also {SECOND}", f"u: when will {FIRST} arrive") == ("eta", {"numbers": [SECOND]})


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("第一个到哪了", [FIRST]),
        ("第二票到哪了", [SECOND]),
        ("where is the last one", [SECOND]),
        ("都到哪了", [FIRST, SECOND]),
    ],
)
def test_an_ordinal_picks_from_the_last_list(text: str, numbers: list[str]) -> None:
    assert _after(text, f"u: {FIRST} {SECOND}")[1] == {"numbers": numbers}


def test_another_hub_takes_the_place_of_the_first() -> None:
    slots = {"hub": "LGG", "period": "today"}
    assert _after("换成列日的", "u: 今天布鲁塞尔延误的有哪些") == ("delayed_list", slots)


def test_noted_answers_the_alert_above_it() -> None:
    assert _after("收到", "b: 延误告警 A-50：列日有 120 件超时") == ("acknowledge", {"alert_id": "A-50"})


@pytest.mark.parametrize("text", ["收到 A-9999", "ack A-9999", "noted, alert 9999", "A-9999 收到"])
def test_an_alert_that_is_named_is_meant_and_not_the_one_above(text: str) -> None:
    assert _after(text, "b: 延误告警 A-6：列日有 120 件超时") == ("acknowledge", {"alert_id": "A-9999"})


@pytest.mark.parametrize(
    "text",
    ["这个 A-6 到底谁来处理啊", "A-6 收到的是谁", "谁收到了", "谁静音了", "who muted CV7911", "A-6 who acked"],
)
def test_a_question_about_who_changes_nothing(text: str) -> None:
    intent, _ = _after(text, "u: 关注 CV7911", "b: 延误告警 A-6：列日有 120 件超时")
    assert intent not in {"acknowledge", "subscribe", "unsubscribe", "mute", "set_language"}


def test_noted_without_an_alert_acknowledges_nothing() -> None:
    assert _after("收到")[0] == "thanks"
    assert _after("noted", f"u: where is {FIRST}", "b: In transit")[0] == "thanks"


def test_stop_after_follow_undoes_it() -> None:
    assert _after("stop that one", "u: follow CV7911", "b: Following CV7911") == ("unsubscribe", {"refs": ["CV7911"]})


def test_a_new_question_does_not_inherit_the_old_scope() -> None:
    assert _after("summary of last month", "u: late parcels in Liège today")[1] == {"period": "last_month"}


@pytest.mark.parametrize("text", ["不要取消静音", "do not unmute CV7911", "别取消静音"])
def test_a_mute_that_shall_stay_is_left_alone(text: str) -> None:
    assert _after(text)[0] not in {"subscribe", "unsubscribe", "mute"}


@pytest.mark.parametrize("text", ["取消静音", "把 CV7911 的静音取消", "别静音了", "turn off mute", "cancel the mute"])
def test_the_end_of_a_mute_is_not_a_mute(text: str) -> None:
    assert _after(text)[0] == "subscribe"


@pytest.mark.parametrize("text", ["下周有几班到列日", "which flights land tonight"])
def test_a_question_which_flights_is_about_none_spoken_of_before(text: str) -> None:
    assert _after(text, "u: X8155 到哪了", "b: 班列 X8155 · 运输途中") == ("linehaul_status", {})


@pytest.mark.parametrize("text", ["算了", "还是取消吧", "都係唔使喇", "never mind", "on second thought, no"])
def test_who_takes_a_watch_back_ends_it(text: str) -> None:
    turns = (f"u: watch {FIRST}", f"b: You are subscribed to {FIRST}")
    assert _after(text, *turns) == ("unsubscribe", {"numbers": [FIRST]})


def test_cancel_alone_changes_nothing() -> None:
    assert _after("取消")[0] not in {"unsubscribe", "subscribe", "mute"}


@pytest.mark.parametrize("text", ["怎么没人回", "沒人理我", "为什么没人回复", "nobody answers", "nobody is replying"])
def test_whoever_hears_nothing_wants_a_person_and_not_the_last_parcel(text: str) -> None:
    assert _after(text, f"u: where is {FIRST}", f"b: {FIRST}") == ("handoff", {})


HELD = [
    ("海关扣了哪些包裹", {}), ("how many parcels are on hold at LGG", {"hub": "LGG"}), ("parcels held at customs", {}),
    ("which parcels are on hold", {}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "slots"), HELD)
@pytest.mark.parametrize("spoken_of", ["", "CV7911", "LX123456785CN"])
def test_a_list_of_held_parcels_is_a_list_whatever_was_spoken_of(
    text: str, slots: dict[str, object], spoken_of: str
) -> None:
    before = (f"u: {spoken_of}", f"b: {spoken_of} · arrived") if spoken_of else ()
    assert _after(text, *before) == ("delayed_list", slots)


def test_the_third_follow_up_in_a_row_still_knows_the_question() -> None:
    turns = ("u: which parcels are held", "b: 30 parcels held", "u: and at Liège?", "b: 20", "u: and at Brussels?",
             "b: 3", "u: and by train?", "b: 2")  # fmt: skip
    assert _after("and at Liège?", *turns) == ("delayed_list", {"hub": "LGG", "mode": "rail"})

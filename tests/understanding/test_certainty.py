"""A reading says whether it is sure, and offers what else may be meant where it is not."""

import pytest

from bot.understanding import understand
from bot.understanding.certainty import is_certain, runners_up
from tests.understanding.scoring import NOW, load, score

LX = "LX123456785CN"


@pytest.mark.parametrize(
    "text", [f"where is {LX}", f"取消订阅 {LX}", "mute 2h", "A-1024 收到", "今天列日有哪些延误", "turn off all alerts"]
)
def test_plain_words_are_certain_and_nothing_else_is_offered(text: str) -> None:
    read = understand(text, now=NOW)
    assert read.certain
    assert read.alternatives == ()


def test_what_is_offered_has_its_slots_and_none_of_it_is_what_was_read() -> None:
    read = understand(f"{LX} 还没派吗？", now=NOW)
    assert not read.certain
    assert read.alternatives
    assert all(other.intent != read.intent for other in read.alternatives)
    assert all(other.slots.get("numbers") == [LX] for other in read.alternatives)


def test_a_change_needs_more_words_a_greater_lead_and_what_was_learned() -> None:
    assert is_certain("track", {"track": 3.0, "eta": 1.5}, learned=0.0)
    assert not is_certain("mute", {"mute": 3.0, "eta": 1.0}, learned=0.0)
    assert not is_certain("mute", {"mute": 6.0, "eta": 5.0}, learned=0.0)
    assert not is_certain("mute", {"mute": 6.0, "eta": 1.0}, learned=-1.5)
    assert is_certain("mute", {"mute": 6.0, "eta": 1.0}, learned=-0.2)


def test_at_most_three_others_are_offered_the_likeliest_first() -> None:
    scores = {"track": 3.0, "eta": 2.0, "history": 2.5, "summary": 1.0, "document": 0.5, "thanks": 2.9}
    assert [intent for intent, _ in runners_up("track", scores)] == ["history", "eta", "summary"]


@pytest.mark.parametrize("name", ["dev.jsonl", "own.jsonl", "voices.jsonl"])
def test_hardly_anybody_is_asked_back_who_was_understood_and_most_are_who_were_not(name: str) -> None:
    scored = score(load(name))
    right = [one for one in scored if one.intent_right]
    assert sum(not one.reading.certain for one in right) / len(right) < 0.03
    changed = [one for one in scored if one.false_change and one.reading.certain]
    assert len(changed) / len(scored) < 0.003

"""How often a message is understood, over labelled messages of every style."""

import pytest

from tests.understanding.scoring import Scored, load, rates, score


@pytest.fixture(scope="module", params=["dev.jsonl", "own.jsonl", "tuning.jsonl", "voices.jsonl"])
def scored(request: pytest.FixtureRequest) -> list[Scored]:
    return score(load(request.param))


@pytest.fixture(scope="module", params=["holdout.jsonl", "aside.jsonl"])
def unseen(request: pytest.FixtureRequest) -> list[Scored]:
    """Messages written before, and never looked at while, the vocabulary was tuned: this is how well it generalises."""
    return score(load(request.param))


def _misses(scored: list[Scored]) -> str:
    return "\n".join(
        f"{one.item['intent']} {one.item['slots']} <- {one.reading.intent} {one.reading.slots} | {one.item['text']!r}"
        for one in scored
        if not one.frame_right
    )


def test_intent_and_every_slot_are_right_nearly_always(scored: list[Scored]) -> None:
    assert rates(scored).frame >= 97, _misses(scored)


def test_what_is_none_of_our_business_is_never_acted_on(scored: list[Scored]) -> None:
    assert rates(scored).wrong_action < 2, _misses(scored)


def test_nothing_is_changed_that_nobody_asked_to_change(scored: list[Scored]) -> None:
    assert rates(scored).false_change < 0.6, _misses(scored)


def test_a_partner_who_asks_for_something_we_do_is_not_refused(scored: list[Scored]) -> None:
    assert rates(scored).refused < 2, _misses(scored)


def test_follow_ups_are_understood_as_well_as_first_messages(scored: list[Scored]) -> None:
    in_context = [one for one in scored if one.item.get("needs_context")]
    assert len(in_context) >= 10
    assert rates(in_context).frame >= 95, _misses(in_context)


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant", "mixed"])
def test_no_language_is_left_behind(scored: list[Scored], language: str) -> None:
    theirs = [one for one in scored if one.item["lang"] == language]
    assert rates(theirs).frame >= 95, _misses(theirs)


def test_the_language_of_a_message_is_told(scored: list[Scored]) -> None:
    first = [one for one in scored if not one.item.get("needs_context") and one.item["style"] != "emoji"]
    right = [one for one in first if one.reading.language == one.item["lang"]]
    assert len(right) / len(first) > 0.9


def test_messages_never_looked_at_are_understood_too(unseen: list[Scored]) -> None:
    assert rates(unseen).frame >= 95
    assert rates(unseen).refused < 2
    assert rates(unseen).false_change < 0.4
    in_context = [one for one in unseen if one.item.get("needs_context")]
    assert rates(in_context).frame >= 93


def test_of_messages_never_looked_at_hardly_one_that_is_none_of_our_business_is_acted_on(unseen: list[Scored]) -> None:
    outside = [one for one in unseen if one.item["intent"] == "out_of_scope"]
    assert len(outside) >= 25
    assert sum(one.wrong_action for one in outside) <= 1


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant", "mixed"])
def test_messages_never_looked_at_are_understood_in_every_language(unseen: list[Scored], language: str) -> None:
    assert rates([one for one in unseen if one.item["lang"] == language]).frame >= 91

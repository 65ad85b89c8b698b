"""Messages of a second voice, labelled and committed before they were measured once: never tuned on, never taught.

At first sight (651 messages, 170 of them none of our business): frame 95.4 %, wrong action 4.1 %, false change 1.4 %,
refused 1.2 %, follow-ups 100 %; simplified 94.6, traditional 97.3, English 94.5, mixed 95.5; negation alone 66.7.
The bounds lie a little below, to notice when something gets worse. They are no aim.
"""

import pytest

from tests.understanding.scoring import Scored, load, rates, score


@pytest.fixture(scope="module")
def second_voice() -> list[Scored]:
    return score(load("aside2.jsonl"))


def _of(scored: list[Scored], **wanted: str) -> list[Scored]:
    return [one for one in scored if all(one.item[name] == value for name, value in wanted.items())]


def test_a_second_voice_is_understood(second_voice: list[Scored]) -> None:
    figures = rates(second_voice)
    assert figures.frame >= 95
    assert figures.refused < 1.6
    assert figures.false_change < 1.6
    assert figures.wrong_action < 4.8


def test_follow_ups_of_a_second_voice_are_understood(second_voice: list[Scored]) -> None:
    in_context = [one for one in second_voice if one.item.get("needs_context")]
    assert len(in_context) >= 40
    assert rates(in_context).frame >= 97


def test_what_a_second_voice_turns_away_is_mostly_understood(second_voice: list[Scored]) -> None:
    assert rates(_of(second_voice, style="negation")).frame >= 64


@pytest.mark.parametrize(("language", "least"), [("en", 93), ("zh-Hans", 94), ("zh-Hant", 96), ("mixed", 94)])
def test_a_second_voice_is_understood_in_every_language(second_voice: list[Scored], language: str, least: int) -> None:
    assert rates(_of(second_voice, lang=language)).frame >= least

"""Misspelt, mistyped and romanised words are still understood."""

import pytest

from bot.understanding import understand
from tests.understanding.scoring import NOW

NUMBER = "LX473124829CN"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        (f"whn wil {NUMBER} arive", "eta"),
        (f"unsubscirbe {NUMBER}", "unsubscribe"),
        (f"{NUMBER} delveired?", "track"),
        (f"{NUMBER} arived damged", "report_problem"),
        (f"叮阅 {NUMBER}", "subscribe"),
        (f"{NUMBER}签守了吗", "track"),
        (f"{NUMBER}为什么延勿", "delay_reason"),
        (f"{NUMBER}全部轨及", "history"),
        (f"{NUMBER} zai na li", "track"),
        (f"{NUMBER} wei shen me hai mei dao", "delay_reason"),
        (f"qu xiao ding yue {NUMBER}", "unsubscribe"),
        (f"{NUMBER} shenmeshihou neng dao", "eta"),
        ("zhuan ren gong", "handoff"),
        (f"{NUMBER} quanbu guiji", "history"),
    ],
)
def test_a_slip_does_not_change_the_meaning(text: str, intent: str) -> None:
    reading = understand(text, now=NOW)
    assert (reading.intent, reading.slots.get("numbers")) == (intent, [NUMBER] if NUMBER in text else None)


@pytest.mark.parametrize("text", ["can she make a long tan banana", "we can go to the shop", "China women team"])
def test_english_words_that_could_be_syllables_stay_english(text: str) -> None:
    assert understand(text, now=NOW).language == "en"

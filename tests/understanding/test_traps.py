"""Nobody brings about a change, or is read as asking for one, by a keyword in a trap."""

import pytest

from bot.understanding import Turn, understand
from tests.understanding.scoring import NOW
from tests.understanding.traps import ALL, INJECTIONS, NOT_MEANT, OURS, PRIVATE, RECORDS

_ENDING = {"unsubscribe", "mute", "acknowledge", "set_language", "report_problem"}
_CHANGING = _ENDING | {"subscribe"}
_REFUSED = {"out_of_scope", "help", "greeting", "thanks", "handoff"}


@pytest.mark.parametrize("text", ALL)
def test_a_trap_changes_nothing(text: str) -> None:
    assert understand(text, now=NOW).intent not in _CHANGING


@pytest.mark.parametrize("text", ALL)
def test_a_trap_in_the_middle_of_a_conversation_changes_nothing(text: str) -> None:
    context = [Turn("user", f"关注 {OURS}"), Turn("bot", f"已关注 {OURS}，A-1024 已解除")]
    assert understand(text, context=context, now=NOW).intent not in _CHANGING


@pytest.mark.parametrize("text", [*RECORDS, *PRIVATE])
def test_what_nobody_may_have_is_refused(text: str) -> None:
    assert understand(text, now=NOW).intent in _REFUSED


@pytest.mark.parametrize("text", NOT_MEANT)
def test_a_negated_or_merely_mentioned_change_is_not_made(text: str) -> None:
    assert understand(text, now=NOW).intent not in _ENDING


@pytest.mark.parametrize("text", INJECTIONS)
def test_orders_in_a_question_change_neither_the_question_nor_the_number(text: str) -> None:
    read = understand(f"{text}\n\n{OURS} 到哪了？", now=NOW)
    assert read.intent in {"track", "out_of_scope"}
    assert {"numbers", "refs"} >= read.slots.keys()

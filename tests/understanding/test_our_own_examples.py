"""Whatever we suggest to click or to type is understood as what it was suggested for."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from bot.demo.suggestions import operator_questions, partner_questions
from bot.skills.talk import EXAMPLES
from bot.understanding import understand
from bot.wording import LANGUAGES, Words

Meant = tuple[tuple[str, dict[str, Any]], ...]

NOW: Final = datetime(2026, 11, 24, 7, 2, tzinfo=UTC)
OF_PARTNERS: Meant = (
    ("track", {"numbers": ["LX123456785CN"]}), ("delay_reason", {"numbers": ["RB930364264CN"]}),
    ("eta", {"numbers": ["LX670981235CN"]}), ("linehaul_status", {"refs": ["CV7911"]}),
    ("delayed_list", {"hub": "LGG"}), ("track", {}), ("subscribe", {"refs": ["CV7913"]}), ("handoff", {}),
)  # fmt: skip
OF_OPERATORS: Meant = (
    ("linehaul_status", {"refs": ["X8155"]}), ("summary", {"period": "this_week"}), ("delayed_list", {"hub": "LGG"}),
    ("delay_reason", {"numbers": ["RB930364264CN"]}), ("history", {"numbers": ["CP914420492BE"]}),
    ("list_subscriptions", {}),
)  # fmt: skip
OF_HELP: Final = {
    "parcel": "track", "many": "track", "trail": "history", "eta": "eta", "why": "delay_reason",
    "linehaul": "linehaul_status", "late": "delayed_list", "summary": "summary", "follow": "subscribe", "mute": "mute",
    "list": "list_subscriptions", "alert": "acknowledge", "human": "handoff", "language": "set_language",
}  # fmt: skip


@pytest.fixture(params=LANGUAGES)
def words(request: pytest.FixtureRequest) -> Words:
    return Words(request.param, ZoneInfo("Asia/Shanghai"), NOW)


@pytest.mark.parametrize(("questions", "meant"), [(partner_questions, OF_PARTNERS), (operator_questions, OF_OPERATORS)])
def test_every_question_of_the_demonstration_is_read_as_meant(
    words: Words, questions: Callable[[Words], list[str]], meant: Meant
) -> None:
    for text, (intent, slots) in zip(questions(words), meant, strict=True):
        reading = understand(text, now=NOW)
        assert reading.intent == intent, text
        assert slots.items() <= reading.slots.items(), text


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_of_the_help_answer_is_read_as_meant(words: Words, name: str) -> None:
    text = words.say(f"talk.help.{name}.say")
    assert understand(text, now=NOW).intent == OF_HELP[name], text


@pytest.mark.parametrize(
    "text",
    ["history of CP914420492BE", "Full history of CP914420492BE", "show me the history of CP914420492BE",
     "CP914420492BE history", "tracking history of CP914420492BE please"],
)  # fmt: skip
def test_the_history_of_a_parcel_is_its_trail(text: str) -> None:
    reading = understand(text, now=NOW)
    assert (reading.intent, dict(reading.slots)) == ("history", {"numbers": ["CP914420492BE"]})


@pytest.mark.parametrize("text", ["history of Belgium", "tell me the history of art"])
def test_the_history_of_the_world_is_none_of_our_business(text: str) -> None:
    assert understand(text, now=NOW).intent == "out_of_scope"

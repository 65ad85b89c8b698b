"""The `understand` command answers a line for a line, and says why when asked."""

import json

import pytest
from typer.testing import CliRunner

from bot.cli import commands
from bot.cli.main import app
from bot.skills.answering import outcome_of
from bot.understanding import understand
from tests.understanding.scoring import NOW

__all__ = ["commands"]  # importing it registers every command
_NOW = "2026-11-18T10:00:00+01:00"


def _run(*lines: object, explain: bool = False) -> tuple[int, list[dict[str, object]], str]:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    result = CliRunner().invoke(app, ["understand", *(["--explain"] if explain else [])], input=text + "\n")
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines() if line], result.stderr


def test_a_line_in_is_a_line_out() -> None:
    code, answers, _ = _run({"id": "a", "text": "LX473124829CN 到哪了", "now": _NOW})
    assert code == 0
    assert answers == [
        {
            "id": "a",
            "language": "zh-Hans",
            "intent": "track",
            "slots": {"numbers": ["LX473124829CN"]},
            "numbers": [{"kind": "S10", "value": "LX473124829CN", "valid": True}],
        }
    ]


def test_the_reasons_name_the_words_of_intent_and_slots() -> None:
    _, answers, _ = _run({"id": 1, "text": "mute Liège for 2 hours", "now": _NOW}, explain=True)
    reasons = answers[0]["evidence"]
    assert isinstance(reasons, list)
    assert {(one["target"], one["words"]) for one in reasons} >= {
        ("mute", "mute"),
        ("hub", "liege"),
        ("duration", "2 hours"),
    }


def test_the_score_is_the_sum_of_its_parts_and_what_came_next_is_named() -> None:
    _, answers, _ = _run({"id": 1, "text": "LX473124829CN 到哪了，清关了吗", "now": _NOW}, explain=True)
    scores = answers[0]["scores"]
    assert isinstance(scores, list)
    assert scores[0]["intent"] == "track"
    for score in scores:
        assert score["total"] == pytest.approx(score["rules"] + score["learned"] + score["earlier"], abs=0.05)
    assert [score["total"] for score in scores] == sorted((score["total"] for score in scores), reverse=True)


def test_what_the_turns_before_added_is_told() -> None:
    context = [{"role": "user", "text": "where is LX473124829CN"}]
    _, answers, _ = _run({"id": 1, "text": "那 RB123456785BE 呢", "context": context, "now": _NOW}, explain=True)
    scores = answers[0]["scores"]
    assert isinstance(scores, list)
    assert scores[0]["earlier"] > 0


def test_people_read_the_reasons_in_lines() -> None:
    result = CliRunner().invoke(app, ["understand", "--explain", "mute Liège for 2 hours"])
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[:2] == ["language  en", "intent    mute"]
    assert 'duration  2h   from "2 hours"' in lines
    assert any('"mute" 9.0' in line for line in lines)


def test_one_message_is_explained_as_json_too() -> None:
    result = CliRunner().invoke(app, ["understand", "LX473124829CN 到哪了", "--json"])
    assert json.loads(result.stdout)["intent"] == "track"


def test_the_record_of_a_message_keeps_the_reasons_in_short() -> None:
    outcome = outcome_of(understand("那票 LX473124829CN 到哪了", now=NOW))
    assert outcome["why"].startswith("track ")
    assert "到哪了" in outcome["why"]


def test_context_is_taken_into_account() -> None:
    context = [{"role": "user", "text": "where is LX473124829CN"}]
    _, answers, _ = _run({"id": 1, "text": "and when will it arrive", "context": context, "now": _NOW})
    assert (answers[0]["intent"], answers[0]["slots"]) == ("eta", {"numbers": ["LX473124829CN"]})


_BAD = {
    "json": "{",
    "list": "[]",
    "no text": '{"id": 1}',
    "number": '{"id": 1, "text": 5}',
    "date": '{"id": 1, "text": "a", "now": "yesterday"}',
    "no offset": '{"id": 1, "text": "a", "now": "2026-11-18T10:00:00"}',
    "no role": '{"id": 1, "text": "a", "context": [{"text": "b"}]}',
    "deep": "[" * 100_000,
}


@pytest.mark.parametrize("line", _BAD.values(), ids=_BAD.keys())
def test_a_bad_line_is_named_and_the_others_are_answered(line: str) -> None:
    code, answers, errors = _run(line, {"id": 2, "text": "hello", "now": _NOW})
    assert (code, [one["id"] for one in answers]) == (1, [2])
    assert errors.startswith("line 1: ")
    assert "Traceback" not in errors

"""The `understand` command answers a line for a line, and says why when asked."""

import json

import pytest
from typer.testing import CliRunner

from bot.cli import commands
from bot.cli.main import app

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

"""`understand`: what the bot makes of messages, without any store."""

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from bot.cli.main import EXIT_FAILED, app


@app.command("understand")
def understand(
    explain: Annotated[bool, typer.Option("--explain", help="Say which words led to intent and slots.")] = False,
) -> None:
    """Read JSONL `{"id","text","context"?,"now"?}` on standard input, write what was understood, a line each."""
    failed = 0
    for number, raw in enumerate(sys.stdin.buffer, start=1):
        if not raw.strip():
            continue
        answer = _answer(raw, number, explain)
        if answer is None:
            failed += 1
        else:
            print(json.dumps(answer, ensure_ascii=False), flush=sys.stdout.isatty())
    if failed:
        raise SystemExit(EXIT_FAILED)


def _reason(error: Exception) -> str:
    """What is wrong with a line, without the words of the machine."""
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON at character {error.pos + 1}"
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return f"no {error} in a turn of the context" if isinstance(error, KeyError) else str(error)


def _answer(raw: bytes, number: int, explain: bool) -> dict[str, Any] | None:
    from bot.understanding import Turn
    from bot.understanding import understand as run

    try:
        line = _line(raw)
        context = [Turn(role=turn["role"], text=str(turn["text"])) for turn in line.get("context") or []]
        now = _instant(line.get("now"))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        what = _reason(error)
        print(f"line {number}: {what}; give {{\"id\", \"text\"}} and optionally context and now", file=sys.stderr)
        return None
    understanding = run(line["text"], context=context, now=now)
    return {"id": line.get("id")} | understanding.to_json(explain=explain)


def _line(raw: bytes) -> Mapping[str, Any]:
    line = json.loads(raw)
    if not isinstance(line, dict) or not isinstance(line.get("text"), str):
        raise ValueError("not an object with a text")
    return line


def _instant(text: object) -> datetime:
    if text is None:
        return datetime.now(UTC).astimezone()
    instant = datetime.fromisoformat(str(text))
    if instant.tzinfo is None:
        raise ValueError(f"now = {text!r} has no offset")
    return instant

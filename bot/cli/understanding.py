"""`understand`: what the bot makes of messages, without any store."""

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.main import EXIT_FAILED, app

if TYPE_CHECKING:
    from bot.understanding import Score, Understanding

_WIDTH = 10


@app.command("understand")
def understand(
    text: Annotated[str | None, typer.Argument(help="One message; without it, lines on standard input.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say which words led to intent and slots.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer for TEXT as JSON.")] = False,
) -> None:
    """Say what TEXT means; without it read JSONL `{"id","text","context"?,"now"?}` and write a line for each."""
    if text is not None:
        from bot.understanding import understand as run

        read = run(text, now=datetime.now(UTC).astimezone())
        print(json.dumps(_json(read, explain), ensure_ascii=False) if as_json else _told(read, explain))
        return
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


def _told(read: "Understanding", explain: bool) -> str:
    """The reading in lines for people."""
    lines = [("language", read.language), ("intent", read.intent + ("" if read.certain else ", not certain"))]
    lines += _reasons(read) if explain else []
    for slot, value in read.slots.items():
        words = ", ".join(e.words for e in read.evidence if e.target == slot) if explain else ""
        lines.append((slot, _plain(value) + (f'   from "{words}"' if words else "")))
    lines += [("number", f"{n.value}   {n.kind}{'' if n.valid else ', mistyped'}") for n in read.numbers]
    lines += [("or", f"{other.intent} {other.score:.1f}") for other in read.alternatives]
    lines += [("outside", "would be asked, where one is configured")] if explain and _asks_outside(read) else []
    return "\n".join(f"{name:<{_WIDTH}}{what}" for name, what in lines)


def _asks_outside(read: "Understanding") -> bool:
    """Whether the message lies below the evidence threshold, where an outside service may be asked."""
    from bot.outside.proposal import would_ask
    from bot.skills.doubt import doubted

    return would_ask(doubted(read))


def _json(read: "Understanding", explain: bool) -> dict[str, Any]:
    return read.to_json(explain=explain) | ({"asks_outside": _asks_outside(read)} if explain else {})


def _reasons(read: "Understanding") -> Iterator[tuple[str, str]]:
    """The score of the intent and of what came next, each with its words."""
    why = read.reasons()
    for place, score in enumerate(why.scores):
        words = ", ".join(f'"{e.words}" {e.weight:.1f}' for e in why.evidence if e.target == score.intent)
        yield ("", _sum(score)) if place == 0 else ("next", f"{score.intent}, {_sum(score)}")
        if words:
            yield "", words


def _sum(score: "Score") -> str:
    parts = [f"rules {score.rules:.1f}", f"learned {score.learned:+.1f}"]
    parts += [f"earlier turns {score.earlier:+.1f}"] if score.earlier else []
    return f"{score.total:.1f} = {', '.join(parts)}"


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


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
    return {"id": line.get("id")} | _json(understanding, explain)


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

"""`ask` and `chat`: the full pipeline from the terminal."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.main import app
from bot.cli.options import ConfigOption, JsonOption, LanguageName
from bot.errors import ParcelbridgeError, UsageError

if TYPE_CHECKING:
    from bot.contracts import OutboundMessage
    from bot.terminal import Terminal

AsOption = Annotated[
    str | None,
    typer.Option("--as", metavar="CONTACT", help="Name or address of the contact who asks; else an administrator."),
]
LanguageOption = Annotated[LanguageName | None, typer.Option("--lang", help="Language of the answer.")]
LEAVE = frozenset({"/quit", "/exit", "/q"})
NO_ANSWER_YET = "no answer within 30 s; it follows in the conversation, see: parcelbridge chat"


@app.command("ask")
def ask(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The question, as a person writes it.")],
    speaker: AsOption = None,
    lang: LanguageOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Ask one question through the full pipeline; the answer comes on standard output."""
    if not text.strip():
        raise UsageError("TEXT is empty; write a question, for example: parcelbridge ask 'LX123456785CN 到哪了'")
    asyncio.run(_ask(text, speaker=speaker, lang=lang, as_json=as_json, config=config))


@app.command("chat")
def chat(speaker: AsOption = None, lang: LanguageOption = None, config: ConfigOption = None) -> None:
    """Talk at the terminal; an empty line is skipped, /quit or the end of the input leaves."""
    asyncio.run(_chat(speaker=speaker, lang=lang, config=config))


async def _ask(
    text: str, *, speaker: str | None, lang: LanguageName | None, as_json: bool, config: Path | None
) -> None:
    from bot.cli.opened import opened_store
    from bot.terminal import open_terminal

    async with (
        opened_store(config) as (settings, store),
        open_terminal(settings, store, speaker=speaker, language=lang) as terminal,
        _pushed(terminal),
    ):
        exchange = await terminal.ask(text)
        outcome = await terminal.outcome(exchange)
        if as_json:
            from bot.web.chat import answer_of

            print(json.dumps(answer_of(exchange, outcome).model_dump(mode="json"), ensure_ascii=False))
        else:
            _show(exchange.replies)
        if not exchange.complete and outcome is None:
            raise ParcelbridgeError(NO_ANSWER_YET)


async def _chat(*, speaker: str | None, lang: LanguageName | None, config: Path | None) -> None:
    from bot.cli.opened import opened_store
    from bot.terminal import open_terminal

    async with (
        opened_store(config) as (settings, store),
        open_terminal(settings, store, speaker=speaker, language=lang) as terminal,
        _pushed(terminal),
    ):
        while (line := await asyncio.to_thread(_read_line)) is not None and line not in LEAVE:
            if not line:
                continue
            exchange = await terminal.ask(line)
            _show(exchange.replies)
            if not exchange.complete and await terminal.outcome(exchange) is None:
                print(NO_ANSWER_YET, file=sys.stderr)


def _read_line() -> str | None:
    if sys.stdin.isatty():
        print("> ", end="", flush=True)
    line = sys.stdin.readline()
    return line.strip() if line else None


@asynccontextmanager
async def _pushed(terminal: "Terminal") -> AsyncIterator[None]:
    """Meanwhile shows, on standard error, what is said without being asked: alerts this person follows."""
    task = asyncio.create_task(_show_pushed(terminal))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _show_pushed(terminal: "Terminal") -> None:
    from bot.contracts import as_text

    async for entry in terminal.follow():
        if entry.message is not None and entry.message.in_reply_to is None:
            print("\n\n".join(as_text(card) for card in entry.message.cards), file=sys.stderr, flush=True)


def _show(replies: "tuple[OutboundMessage, ...]") -> None:
    from bot.contracts import as_text

    print("\n\n".join(as_text(card) for message in replies for card in message.cards), flush=True)

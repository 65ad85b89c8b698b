"""`parcelbridge`: every command, and how errors end: one line on standard error, never a traceback."""

import io
import os
import sys
import traceback
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.main import get_command

from bot.errors import ParcelbridgeError, UsageError
from bot.store.errors import StoreError

app = typer.Typer(
    name="parcelbridge",
    help="Parcelbridge (包裹桥): parcel answers, delay alerts and bridged support in Mandarin and English.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

EXIT_FAILED = 1
EXIT_WRONG_USE = 2
TRACEBACK_VARIABLE = "PARCELBRIDGE_TRACEBACK"
"""Set to anything, a defect of ours shows where it happened."""
_WrongUse: Any = typer.BadParameter.__base__  # the parser's own root of wrong use, under whatever name it ships


def _version(asked: bool) -> None:
    if asked:
        print(f"parcelbridge {version('parcelbridge')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Nothing to do before a command."""


def main() -> None:
    """Entry point of the distribution."""
    from bot.cli import commands  # noqa: F401 - importing registers every command

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what people type can hold characters no encoding has
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = get_command(app)(prog_name="parcelbridge", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader went away: nothing left to say
        raise SystemExit(EXIT_FAILED) from None
    except (KeyboardInterrupt, typer.Abort):
        raise SystemExit(EXIT_FAILED) from None
    except Exception as error:  # noqa: BLE001 - an administrator gets a line to act on, whatever happened
        fail(*told(error))
    raise SystemExit(code if isinstance(code, int) else 0)


def told(error: Exception) -> tuple[str, int]:
    """What is said of an error, and the exit code."""
    if isinstance(error, _WrongUse):
        context = getattr(error, "ctx", None)
        return _wrong_use(error, context.command_path if context is not None else "parcelbridge"), EXIT_WRONG_USE
    if isinstance(error, UsageError):
        return str(error), EXIT_WRONG_USE
    if isinstance(error, (ParcelbridgeError, StoreError)):
        return str(error), EXIT_FAILED
    if os.environ.get(TRACEBACK_VARIABLE):
        traceback.print_exception(error)
    first = (str(error).splitlines() or [""])[0][:300]
    return f"{type(error).__name__}: {first}; set {TRACEBACK_VARIABLE}=1 to see where", EXIT_FAILED


def fail(text: str, code: int = EXIT_FAILED) -> None:
    """Say what is wrong on standard error and leave."""
    print(text, file=sys.stderr)
    raise SystemExit(code)


def _wrong_use(error: Any, command: str) -> str:
    message: str = error.format_message()
    if message.startswith("Usage:"):  # no command was given: the list of them is the best answer
        return message
    text = " ".join(message.replace("Value error, ", "").split())
    return f"{text.rstrip('.')}; see: {command} --help"

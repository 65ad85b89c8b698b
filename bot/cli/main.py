"""`parcelbridge`: every command, and how errors end: one line on standard error, never a traceback."""

import io
import os
import sys

import typer

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


def main() -> None:
    """Entry point of the distribution."""
    from bot.cli import commands  # noqa: F401 - importing registers every command

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what people type can hold characters no encoding has
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")

    try:
        app()
    except UsageError as error:
        fail(str(error), EXIT_WRONG_USE)
    except (ParcelbridgeError, StoreError) as error:
        fail(str(error), EXIT_FAILED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader went away: nothing left to say
        raise SystemExit(EXIT_FAILED) from None


def fail(text: str, code: int = EXIT_FAILED) -> None:
    """Say what is wrong on standard error and leave."""
    print(text, file=sys.stderr)
    raise SystemExit(code)

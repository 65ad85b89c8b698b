"""`ingest`: feed files into the store."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.cli.main import EXIT_FAILED, app
from bot.cli.options import ConfigOption
from bot.errors import UsageError


@app.command("ingest")
def ingest(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Feed files, CSV or JSON lines.")],
    partner: Annotated[str | None, typer.Option("--partner", metavar="P", help="Only rows of this partner.")] = None,
    form: Annotated[str, typer.Option("--format", help="auto, csv or jsonl.")] = "auto",
    config: ConfigOption = None,
) -> None:
    """Load feed files; the same events again change nothing. Refused rows go to FILE.rejected.csv."""
    from bot.tracking.feeds import FORMATS

    if form not in FORMATS:
        raise UsageError(f"--format {form}: no such format; use one of {', '.join(FORMATS)}")
    rejected = asyncio.run(_ingest(files, partner, form, config))
    if rejected:
        raise SystemExit(EXIT_FAILED)


async def _ingest(files: list[Path], partner: str | None, form: str, config: Path | None) -> int:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from bot.app import make_ingest, take_over_people
    from bot.clock import SystemClock
    from bot.settings import load_settings
    from bot.store import open_store
    from bot.store.migrate import require_current
    from bot.tracking.feeds import FileFeed, load_file
    from bot.tracking.ingest import known_partners

    settings = load_settings(config)
    store, clock, rejected = open_store(settings.store.url.get_secret_value()), SystemClock(), 0
    try:
        await require_current(store)
        await take_over_people(store, settings)
        partners = await store.read(known_partners)
        if partner is not None and partner not in partners:
            raise UsageError(f"--partner {partner}: no such partner; known: {', '.join(sorted(partners)) or 'none'}")
        loading = make_ingest(settings, store, clock)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(file=sys.stderr)) as progress:
            for path in files:
                task = progress.add_task(path.name, total=_lines(path))
                feed = FileFeed(path=path, format=form, partner=partner, source=path.name, now=clock.now(),
                                zone=ZoneInfo("Asia/Shanghai"))
                counts = await load_file(
                    feed, loading, partners=partners,
                    on_rows=lambda done, task=task: progress.update(task, completed=done),  # type: ignore[misc]
                )
                rejected += counts.rejected
                print(f"{path}: read {counts.read}, new {counts.new}, duplicate {counts.duplicate}, "
                      f"rejected {counts.rejected}")
    finally:
        await store.close()
    return rejected


def _lines(path: Path) -> int | None:
    """How many rows a file has, about; None when it cannot be read, which loading will say better."""
    try:
        with path.open("rb") as file:
            return sum(piece.count(b"\n") for piece in iter(lambda: file.read(1 << 20), b""))
    except OSError:
        return None

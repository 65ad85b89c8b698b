"""`ingest`: feed files into the store."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from bot.cli.main import EXIT_FAILED, app
from bot.cli.options import ConfigOption
from bot.errors import ParcelbridgeError, UsageError

if TYPE_CHECKING:
    from rich.progress import Progress

    from bot.settings import FeedSettings, Settings
    from bot.tracking.feeds import FileFeed
    from bot.tracking.ingest import Counts, Ingest


@dataclass(frozen=True, slots=True)
class _Asked:
    """The options of the command; what is not given the entry of the feed says."""

    feed: str | None
    partner: str | None
    form: str | None


@dataclass(frozen=True, slots=True)
class _Ended:
    """How a file ended: a line to print, and whether all of it was taken."""

    line: str
    usable: bool = True
    whole: bool = True
    notes: tuple[str, ...] = ()


@app.command("ingest")
def ingest(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Feed files, CSV or JSON lines.")],
    partner: Annotated[str | None, typer.Option("--partner", metavar="P", help="Only rows of this partner.")] = None,
    form: Annotated[str | None, typer.Option("--format", help="auto, csv or jsonl; else the feed's.")] = None,
    feed: Annotated[
        str | None,
        typer.Option("--feed", metavar="NAME", help="Partner, format and time zone as [[feeds]] NAME says them."),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Load feed files; the same events again change nothing. Refused rows go to FILE.rejected.csv."""
    from bot.tracking.feeds import FORMATS

    if form is not None and form not in FORMATS:
        raise UsageError(f"--format {form}: no such format; use one of {', '.join(FORMATS)}")
    ended = asyncio.run(_ingest(files, _Asked(feed, partner, form), config))
    if not all(file.usable and file.whole for file in ended):
        raise SystemExit(EXIT_FAILED)


async def _ingest(files: Sequence[Path], asked: _Asked, config: Path | None) -> list[_Ended]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from bot.app import make_ingest, take_over_people
    from bot.cli.opened import opened_store
    from bot.clock import SystemClock
    from bot.tracking.ingest import known_partners

    clock = SystemClock()
    ended: list[_Ended] = []
    console = Console(file=sys.stderr)
    async with opened_store(config) as (settings, store):
        await take_over_people(store, settings)
        partners = await store.read(known_partners)
        entry = _entry(settings, asked)
        partner = _partner(entry, asked, partners)
        loading = make_ingest(settings, store, clock)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        try:
            with Progress(*columns, console=console) as progress:
                for path in files:
                    file = _file(path, entry, partner=partner, form=asked.form, now=clock.now())
                    ended.append(await _load(file, loading, partners=partners, progress=progress))
                if not progress.tasks:  # no file could be used: no empty line either
                    progress.live.transient, console.quiet = True, not console.is_interactive
        finally:
            _show(ended)  # once the bar stands still; also of the files before one that could not be stored
    return ended


def _entry(settings: "Settings", asked: _Asked) -> "FeedSettings | None":
    if asked.feed is None:
        return None
    for entry in settings.feeds:
        if entry.name == asked.feed:
            return entry
    known = ", ".join(entry.name for entry in settings.feeds) or "none; add [[feeds]] to the configuration"
    raise UsageError(f"--feed {asked.feed}: no such feed; known: {known}")


def _partner(entry: "FeedSettings | None", asked: _Asked, known: frozenset[str]) -> str | None:
    of_feed = entry.partner if entry is not None else None
    partner = asked.partner or of_feed
    if asked.partner is not None and asked.partner not in known:
        raise UsageError(f"--partner {partner}: no such partner; known: {', '.join(sorted(known)) or 'none'}")
    if of_feed is not None and partner != of_feed:
        raise UsageError(f"--partner {partner}: the feed {asked.feed} is of {of_feed}; leave one of the two out")
    return partner


def _file(
    path: Path, entry: "FeedSettings | None", *, partner: str | None, form: str | None, now: datetime
) -> "FileFeed":
    from bot.settings import FeedSettings
    from bot.tracking.feeds import FileFeed

    said = entry or FeedSettings(name="none")
    return FileFeed(
        path=path, format=form or said.format, partner=partner, source=entry.name if entry else partner or "file",
        zone=ZoneInfo(said.time_zone), now=now,
    )  # fmt: skip


async def _load(
    file: "FileFeed", loading: "Ingest", *, partners: frozenset[str], progress: "Progress"
) -> _Ended:
    from bot.tracking.feeds import load_file

    task = progress.add_task(str(file.path), total=file.about())
    try:
        counts = await load_file(
            file, loading, partners=partners, on_rows=lambda done: progress.update(task, completed=done)
        )
    except ParcelbridgeError as error:
        progress.remove_task(task)
        return _Ended(str(error), usable=False)
    except OSError as error:
        progress.remove_task(task)
        fix = "it must be readable, and its folder writable for the rows that are refused"
        return _Ended(f"{error.filename or file.path}: {error.strerror}; {fix}", usable=False)
    progress.update(task, total=counts.read, completed=counts.read)
    return _Ended(
        f"{file.path}: read {counts.read}, new {counts.new}, duplicate {counts.duplicate}, rejected {counts.rejected}",
        whole=not counts.rejected, notes=tuple(_notes(file, counts)),
    )


def _notes(file: "FileFeed", counts: "Counts") -> Iterator[str]:
    """What was taken and tells less than it should; `doctor` shows it by source."""
    if counts.rejected:
        yield f"{file.path}: what was rejected, and why, is in {file.path}.rejected.csv"
    if counts.unknown:
        yield f"{file.path}: {counts.unknown} new events have codes nobody knows and are kept as information"
    if counts.quarantined:
        yield (f"{file.path}: {counts.quarantined} new events lie in the future and do not count; "
               "check the time zone of the feed")


def _show(ended: Sequence[_Ended]) -> None:
    for file in ended:
        print(file.line, file=sys.stdout if file.usable else sys.stderr)
        for note in file.notes:
            print(note, file=sys.stderr)

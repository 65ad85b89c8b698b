"""`db`: migrations, their state, and an online backup."""

import asyncio
import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.main import EXIT_FAILED, app
from bot.cli.options import ConfigOption
from bot.errors import ParcelbridgeError

db = typer.Typer(help="The database: migrations and backups.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(db, name="db")


@db.command("upgrade")
def upgrade(config: ConfigOption = None) -> None:
    """Create the tables or bring them to this program's revision."""
    asyncio.run(_upgrade(config))


@db.command("status")
def status(config: ConfigOption = None) -> None:
    """Show the revision of the tables and of this program."""
    asyncio.run(_status(config))


@db.command("backup")
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy is written; must not exist.")],
    config: ConfigOption = None,
) -> None:
    """Copy an SQLite store while the service runs."""
    from bot.settings import load_settings
    from bot.store.open import sqlite_path

    source = sqlite_path(load_settings(config).store.url.get_secret_value())
    if source is None:
        raise ParcelbridgeError("[store] url is PostgreSQL; back it up with pg_dump")
    _backup(source, file)
    print(f"{file}: backup of {source}, {file.stat().st_size} bytes")


def _backup(source: Path, target: Path) -> None:
    if not source.exists():
        raise ParcelbridgeError(f"{source}: no such store; nothing to back up")
    if target.exists():
        raise ParcelbridgeError(f"{target}: exists already; name a file that does not exist")
    if not target.parent.is_dir():
        raise ParcelbridgeError(f"{target.parent}: no such folder; make it, or name a file in another one")
    partial = target.with_name(target.name + ".partial")
    try:
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_CREAT | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(partial)) as there:
            here.backup(there)
        partial.rename(target)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):  # the reason counts, not that there is nothing to tidy up
            partial.unlink(missing_ok=True)
        raise ParcelbridgeError(_why_no_backup(source, target, error)) from None


def _why_no_backup(source: Path, target: Path, error: OSError | sqlite3.Error) -> str:
    if isinstance(error, OSError):
        return f"{target}: cannot be written ({error.strerror}); name a file this user may write, on a disk with room"
    return f"{target}: the copy of {source} failed ({error}); check the store with: parcelbridge doctor"


async def _upgrade(config: Path | None) -> None:
    from bot.settings import load_settings
    from bot.store import open_store
    from bot.store.migrate import upgrade as run_upgrade

    store = open_store(load_settings(config).store.url.get_secret_value())
    try:
        before = await run_upgrade(store)
    finally:
        await store.close()
    if before.is_current:
        print(f"already at revision {before.head}")
    else:
        print(f"upgraded from {before.current or 'nothing'} to revision {before.head}")


async def _status(config: Path | None) -> None:
    from bot.settings import load_settings
    from bot.store import open_store
    from bot.store.migrate import schema_status

    store = open_store(load_settings(config).store.url.get_secret_value())
    try:
        now = await schema_status(store)
    finally:
        await store.close()
    print(f"tables: {now.current or 'none'}\nprogram: {now.head}")
    if not now.known:
        print("the tables are newer than this program; install the Parcelbridge that made them")
        raise SystemExit(EXIT_FAILED)
    print("current" if now.is_current else "needs: parcelbridge db upgrade")

"""From the address in the configuration to a store."""

from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.store.base import Store
from bot.store.errors import StoreError
from bot.store.sqlite import SqliteStore


def open_store(url: str) -> Store:
    """A store for `sqlite+aiosqlite:///FILE` or `postgresql+asyncpg://...`. Must be called on the event loop.

    Raises `StoreError` for an address that cannot be used; what needs a connection shows with the first unit.
    """
    path = sqlite_path(url)
    if path is not None:
        _make_folder(path)
        return SqliteStore(path)
    from bot.store.postgres import PostgresStore  # costs memory and time that SQLite has no use for

    return PostgresStore(url)


def sqlite_path(url: str) -> Path | None:
    """The file of an SQLite address, None for PostgreSQL. Raises `StoreError` for anything else."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError("[store] url is not a database address; write sqlite+aiosqlite:///FILE") from None
    if parsed.drivername == "sqlite+aiosqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise StoreError("[store] url names no file; write sqlite+aiosqlite:///data/parcelbridge.db")
        return Path(parsed.database)
    if parsed.drivername == "postgresql+asyncpg":
        return None
    raise StoreError(
        f"[store] url begins with {parsed.drivername!r}; use sqlite+aiosqlite:/// or postgresql+asyncpg://"
    )


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fix = "name a place this user may write in [store] url"
        raise StoreError(f"store {path}: its folder cannot be made ({error.strerror}); {fix}") from None
    if path.is_dir():
        raise StoreError(f"store {path}: is a folder; name a file in [store] url")

"""The store's own errors for those of the SQLite driver: what, where, and the fix."""

import sqlite3
from pathlib import Path

from bot.store.errors import StoreBusy, StoreError, StoreFull, StoreReadOnly, StoreUnavailable

_READ_ONLY = "may not be written; give this user write permission on the file and its folder"
_BY_WORDS: tuple[tuple[tuple[str, ...], type[StoreError], str], ...] = (
    (("locked", "busy"), StoreBusy, "another process is writing and did not finish in time; try again"),
    (("is full",), StoreFull, "the disk is full; free some space, then try again"),
    (("readonly", "read-only"), StoreReadOnly, _READ_ONLY),
    (("unable to open",), StoreError, "cannot be opened; check that the folder exists and its permissions"),
    (("not a database",), StoreError, "is not an SQLite database; check [store] url, or move the file away"),
    (("malformed",), StoreError, "is damaged; stop the service and put a backup in its place"),
    (("disk i/o error",), StoreUnavailable, "the disk answers with errors; check it and its free space"),
)


def translate(error: BaseException, path: Path | None) -> BaseException:
    """The store's own error for a driver's error; anything else is returned as it is."""
    origin = getattr(error, "orig", None) or error
    if not isinstance(origin, sqlite3.Error):
        return error
    where = f"store {path}" if path else "the store"
    text = str(origin).lower()
    for words, kind, sentence in _BY_WORDS:
        if any(word in text for word in words):
            return kind(f"{where}: {sentence}")
    return error

"""One service on one SQLite file: a lock beside the file, held while the service runs."""

import fcntl
import os
from pathlib import Path
from typing import IO

from bot.store.errors import ServiceRunning, StoreError


class ServiceLock:
    """Held from `acquire` to `release`; the operating system lets go when the process dies."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + ".service-lock")
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Take the lock. Raises `ServiceRunning` naming the process that holds it."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = self._path.open("a+", encoding="ascii")
        except OSError as error:
            fix = "check the folder's permissions"
            raise StoreError(f"{self._path}: cannot be opened ({error.strerror}); {fix}") from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.seek(0)
            holder = handle.read().strip() or "unknown"
            handle.close()
            raise ServiceRunning(
                f"another service (process {holder}) already works on {self._path.with_suffix('').name}; "
                "stop it first, or use PostgreSQL to run several"
            ) from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        self._file = handle

    def release(self) -> None:
        """Let go; safe to call twice."""
        if self._file is not None:
            self._file.close()
            self._file = None

    async def let_go(self) -> None:
        """The same for whoever closes many things."""
        self.release()

"""SQLite behind `Store`: one writer thread that commits for many callers at once, a few readers beside it.

SQLite has one writer. Instead of letting callers queue for its lock and pay one disk flush each, they hand their units
to the writer thread; while one commit is being flushed the next batch gathers. Throughput comes from sharing commits,
never from weaker durability: `synchronous=FULL` stays. Decision 0002 tells more.
"""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from bot.store.base import DEFAULT_PATIENCE_SECONDS, Subscriptions, Unit
from bot.store.errors import StoreError
from bot.store.sqlite_readers import Readers
from bot.store.sqlite_writer import Job, Writer

T = TypeVar("T")

MAX_BATCH = 256
"""Units that share one commit at the most."""


class SqliteStore:
    """A store in one file; one process writes at a time, any number read."""

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._jobs: list[Job] = []
        self._draining = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = False
        self._subscriptions = Subscriptions()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store-writer")
        self._writer = Writer(path)
        self._readers = Readers(path)

    def subscribe(self, topic: str) -> asyncio.Event:
        """See `Store.subscribe`."""
        return self._subscriptions.subscribe(topic)

    async def read(self, unit: Unit[T]) -> T:
        """See `Store.read`. The whole unit sees one state of the database."""
        if self._closed:
            raise StoreError(f"store {self._path} is closed")
        return await self._readers.run(unit)

    async def write(self, unit: Unit[T], *, patience: float = DEFAULT_PATIENCE_SECONDS) -> T:
        """See `Store.write`."""
        if self._closed:
            raise StoreError(f"store {self._path} is closed")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.append(Job(unit, future, time.monotonic() + patience))
        if not self._draining:
            self._draining = True
            self._idle.clear()
            self._next_batch()
        return await future

    async def close(self) -> None:
        """See `Store.close`."""
        self._closed = True
        await self._idle.wait()
        await self._readers.close()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._writer.close)
        self._thread.shutdown(wait=True)

    def _next_batch(self) -> None:
        batch, self._jobs = self._jobs[:MAX_BATCH], self._jobs[MAX_BATCH:]
        running = asyncio.get_running_loop().run_in_executor(self._thread, self._writer.run, batch)
        running.add_done_callback(lambda done: self._finish(batch, done))

    def _finish(self, batch: list[Job], done: "asyncio.Future[set[str]]") -> None:
        fault = done.exception()
        waiting = [job for job in batch if job.again and fault is None]
        for job in batch:
            if job not in waiting:
                _settle(job.future, job.result, job.error or fault)
        self._jobs = waiting + self._jobs
        if fault is None:
            self._subscriptions.wake(done.result())
        if self._jobs:
            self._next_batch()
        else:
            self._draining = False
            self._idle.set()


def _settle(future: "asyncio.Future[Any]", result: Any, error: BaseException | None) -> None:
    if future.cancelled():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)

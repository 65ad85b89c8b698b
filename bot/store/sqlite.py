"""SQLite behind `Store`: one writer that commits for many callers at once, a few readers beside it.

SQLite has one writer. Instead of letting callers queue for its lock and pay one disk flush each, they hand their units
to the writer; while one commit is being flushed the next batch gathers. Throughput comes from sharing commits, never
from weaker durability: `synchronous=FULL` stays. What waits (a commit, a lock, a long unit) does so on a thread; brief
units run on the event loop's, since two threads that take turns in Python cost more than the units. Decision 0002
tells more.
"""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Any, TypeVar

from bot.store.base import DEFAULT_PATIENCE_SECONDS, Subscriptions, Unit, UnitInParts
from bot.store.errors import StoreBusy, StoreError
from bot.store.sqlite_readers import Readers
from bot.store.sqlite_writer import Job, Writer

T = TypeVar("T")

MAX_BATCH = 256
"""Units that share one commit at the most."""
MAX_BRIEF = 32
"""Brief units that share one commit at the most: so long they keep the event loop busy without a pause."""


class SqliteStore:
    """A store in one file; one process writes at a time, any number read."""

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._jobs: list[Job] = []
        self._draining = False
        self._locked = False
        """Another process held the lock when the last batch wanted it."""
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

    async def read(self, unit: Unit[T], *, brief: bool = False) -> T:
        """See `Store.read`. The whole unit sees one state of the database."""
        if self._closed:
            raise StoreError(f"store {self._path} is closed")
        if brief:
            with suppress(StoreBusy):  # the file is locked as a whole: that is waited for on a reader's thread
                return self._readers.run_here(unit)
        return await self._readers.run(unit)

    async def write(
        self, unit: Unit[T], *, patience: float = DEFAULT_PATIENCE_SECONDS, brief: bool = False
    ) -> T:
        """See `Store.write`."""
        result: T = await self._queued(unit, patience, brief=brief)
        return result

    async def write_in_parts(self, unit: UnitInParts[T], *, patience: float = DEFAULT_PATIENCE_SECONDS) -> T:
        """See `Store.write_in_parts`."""
        result: T = await self._queued(unit, patience, brief=True, in_parts=True)
        return result

    def _queued(
        self, unit: Unit[Any], patience: float, *, brief: bool, in_parts: bool = False
    ) -> "asyncio.Future[Any]":
        if self._closed:
            raise StoreError(f"store {self._path} is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._jobs.append(Job(unit, future, time.monotonic() + patience, brief, in_parts))
        if not self._draining:
            self._draining = True
            self._idle.clear()
            loop.call_soon(self._next_batch)  # others that come in this turn of the loop share the commit
        return future

    async def close(self) -> None:
        """See `Store.close`."""
        self._closed = True
        await self._idle.wait()
        await self._readers.close()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._writer.close)
        self._thread.shutdown(wait=True)

    def _next_batch(self) -> None:
        """Those who are next in turn and of one kind: brief units run here and only their commit is waited for.

        One that is not brief would take all that share its commit with it to the thread, and they would wait there.
        Where the lock is waited for they do wait together, in their order, each for as long as it is patient.
        """
        brief = self._jobs[0].brief and not self._locked
        batch = self._jobs[: MAX_BRIEF if brief else MAX_BATCH]
        if not self._locked:
            batch = list(takewhile(lambda job: job.brief is brief, batch))
        del self._jobs[: len(batch)]
        work = self._writer.commit if brief and self._writer.prepared(batch) else partial(self._writer.run, batch)
        running = asyncio.get_running_loop().run_in_executor(self._thread, work)
        running.add_done_callback(lambda done: self._finish(batch, done))

    def _finish(self, batch: list[Job], done: "asyncio.Future[set[str]]") -> None:
        fault = done.exception()
        waiting = [job for job in batch if job.again and fault is None]
        for job in batch:
            if job not in waiting:
                _settle(job.future, job.result, job.error or fault)
        self._jobs, self._locked = waiting + self._jobs, bool(waiting)
        if fault is None:
            self._subscriptions.wake(done.result())
        if self._jobs:
            loop = asyncio.get_running_loop()
            loop.call_soon(loop.call_soon, self._next_batch)  # whoever got a result goes on, and what it begins, first
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

"""The workers: every stored message is handled once its conversation's earlier ones are, and closed with its answer."""

import asyncio
import logging
from collections import Counter
from collections.abc import Collection
from datetime import timedelta
from functools import partial
from random import Random

from sqlalchemy import Connection

from bot.clock import Clock
from bot.inbox import leases, statements
from bot.inbox.item import Closing, Fallback, Handler
from bot.inbox.receive import LEASE, TOPIC, Leased, Straight
from bot.outbox import Handover, StraightOut
from bot.retry import next_wait
from bot.store import Store, StoreUnavailable, announce

log = logging.getLogger(__name__)

CONCURRENCY = 64
POLL_SECONDS = 1.0
MAX_ATTEMPTS = 5
DRAIN_SECONDS = 8.0


class _Overtaken(Exception):
    """Somebody else has leased the message meanwhile; nothing of ours may be written."""


class Workers(Straight):
    """Works on the messages of the adapter instances this process serves."""

    def __init__(
        self, store: Store, clock: Clock, handler: Handler, *, adapters: Collection[str], sender: StraightOut,
        fallback: Fallback, concurrency: int = CONCURRENCY, lease: timedelta = LEASE,
    ) -> None:  # fmt: skip
        self._store = store
        self._clock = clock
        self._handler = handler
        self._adapters = frozenset(adapters)
        self._sender = sender
        self._fallback = fallback
        self._concurrency = concurrency
        self._lease = lease
        self._dice = Random()  # noqa: S311 - jitter, not a secret
        self._running: dict[asyncio.Task[None], Leased] = {}
        self._wake = store.subscribe(TOPIC)
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []
        self.counts: Counter[str] = Counter()
        """handled, retried, dead, overtaken."""

    def has_room(self) -> bool:
        """See `Straight`."""
        return not self._stopping and bool(self._tasks) and len(self._running) < self._concurrency

    def take(self, leased: Leased) -> None:
        """See `Straight`."""
        task = asyncio.create_task(self._work(leased))
        self._running[task] = leased
        task.add_done_callback(self._done)

    async def start(self) -> None:
        """Begin with what earlier runs left behind."""
        self._stopping = False
        self._tasks = [asyncio.create_task(self._claim_forever()), asyncio.create_task(self._renew_forever())]

    async def stop(self) -> None:
        """Claim nothing more, finish what is begun for up to 8 s, give the rest back."""
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        if self._running:
            await asyncio.wait(self._running, timeout=DRAIN_SECONDS)
        left = dict(self._running)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if left:
            now = self._clock.now()
            await self._store.write(lambda conn: leases.give_back(conn, left.values(), now))

    @property
    def in_work(self) -> int:
        """Messages being worked on."""
        return len(self._running)

    def _done(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        self._wake.set()
        if not task.cancelled() and task.exception() is not None:
            log.error("a worker failed", exc_info=task.exception())

    async def _claim_forever(self) -> None:
        while True:
            self._wake.clear()
            try:
                full = await self._claim()
            except StoreUnavailable as error:
                log.warning("inbox: %s", error)
                full = False
            if not full:
                await _wait(self._wake, POLL_SECONDS)

    async def _claim(self) -> bool:
        """Take what is due; True when there may be more and room for it."""
        room = self._concurrency - len(self._running)
        if room <= 0:
            return False
        now = self._clock.now()
        claimed = await self._store.write(
            lambda conn: leases.claim(conn, adapters=self._adapters, now=now, lease=self._lease, limit=room)
        )
        for leased in claimed:
            self.take(leased)
        return len(claimed) == room

    async def _renew_forever(self) -> None:
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            renewing = partial(leases.renew, leased=list(self._running.values()), until=self._clock.now() + self._lease)
            if self._running:
                try:
                    await self._store.write(renewing)
                except StoreUnavailable as error:
                    log.warning("inbox: leases could not be renewed: %s", error)

    async def _work(self, leased: Leased) -> None:
        try:
            if leased.item.attempt > MAX_ATTEMPTS:
                raise RuntimeError("it was begun too often and never finished")
            closing = await self._handler.handle(leased.item)
            await self._close(leased, closing)
        except _Overtaken:
            self.counts["overtaken"] += 1
        except StoreUnavailable as error:
            await self._again(leased, str(error), counts=False)
        except Exception as error:  # whatever a skill does wrong, the person gets an answer and the others go on
            log.exception("message %d failed, attempt %d", leased.item.id, leased.item.attempt)
            await self._failed(leased, error)
        else:
            self.counts["handled"] += 1

    async def _close(self, leased: Leased, closing: Closing) -> None:
        item, now = leased.item, self._clock.now()

        def unit(conn: Connection) -> list[Handover]:
            values = {"inbox_id": item.id, "token": leased.token, "finished": now, "outcome_json": closing.outcome}
            if not statements.FINISH.run(conn, values):
                raise _Overtaken
            handovers = [
                handed for message in closing.apply(conn)
                if (handed := self._sender.enqueue_straight(conn, message, now)) is not None
            ]
            if (statements.HAS_OPEN.first(conn, {"conversation_id": item.conversation_id}) or (False,))[0]:
                announce(conn, TOPIC)
            return handovers

        for handover in await self._store.write(unit):
            self._sender.take(handover)

    async def _again(self, leased: Leased, error: str, *, counts: bool) -> None:
        now = self._clock.now()

        def unit(conn: Connection) -> bool:
            wait = next_wait(leases.last_wait(conn, leased), self._dice)
            return leases.try_again(conn, leased, error=error, wait=wait, now=now, counts=counts)

        try:
            await self._store.write(unit)
            self.counts["retried"] += 1
        except StoreUnavailable as unavailable:  # the lease will end by itself
            log.warning("inbox: message %d waits for its lease to end: %s", leased.item.id, unavailable)

    async def _failed(self, leased: Leased, error: Exception) -> None:
        what = f"{type(error).__name__}: {error}"[:500]
        if leased.item.attempt < MAX_ATTEMPTS:
            await self._again(leased, what, counts=True)
            return
        now, apology = self._clock.now(), self._fallback(leased.item)

        def unit(conn: Connection) -> Handover | None:
            if not leases.give_up(conn, leased, error=what, now=now):
                return None
            announce(conn, TOPIC)
            return None if apology is None else self._sender.enqueue_straight(conn, apology, now)

        handover = await self._store.write(unit)
        self.counts["dead"] += 1
        if handover is not None:
            self._sender.take(handover)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass

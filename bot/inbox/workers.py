"""The workers: every stored message is handled once its conversation's earlier ones are, and closed with its answer."""

import asyncio
import logging
from collections import Counter
from collections.abc import Collection, Generator
from datetime import timedelta
from functools import partial
from random import Random

from sqlalchemy import Connection

from bot.claiming import ClaimLoop
from bot.clock import Clock
from bot.inbox import closing, leases
from bot.inbox.item import Closing, Fallback, Handler, InboxItem, NotYet
from bot.inbox.leases import Terms
from bot.inbox.receive import LEASE, TOPIC
from bot.inbox.straight import Closed, Leased, Straight
from bot.outbox import StraightOut
from bot.retry import next_wait
from bot.store import Store, StoreError

log = logging.getLogger(__name__)

CONCURRENCY = 64
MAX_ATTEMPTS = 5
"""A message that still fails then is given up."""
MAX_BEGUN = 12
"""A message that was begun so often and never came to an end is given up: it may be what its workers die of."""
DRAIN_SECONDS = 3.5
LAST_WORD_SECONDS = 0.5
"""Workers stop first, then the sender; together they are done within 10 s, the sends meanwhile on their way."""
RENEW_SHARE = 1 / 3
"""Leases are renewed after this part of their length."""


class Workers(Straight):
    """Works on the messages of the adapter instances this process serves."""

    def __init__(
        self, store: Store, clock: Clock, handler: Handler, *, adapters: Collection[str], sender: StraightOut,
        fallback: Fallback, concurrency: int = CONCURRENCY, lease: timedelta = LEASE,
    ) -> None:  # fmt: skip
        self._store = store
        self._clock = clock
        self._handler = handler
        self._adapters = sorted(adapters)
        self._sender = sender
        self._fallback = fallback
        self._concurrency = concurrency
        self._lease = lease
        self._dice = Random()  # noqa: S311 - jitter, not a secret
        self._running: dict[asyncio.Task[None], Leased] = {}
        self._wake = store.subscribe(TOPIC)
        self._renewed_at = clock.now()
        self.counts: Counter[str] = Counter()
        """handled, straight, retried, postponed, dead, overtaken, store_errors."""
        self._loop = ClaimLoop(
            "inbox", clock, self._wake, self._look, tasks=lambda: list(self._running), counts=self.counts
        )

    # ---- life ----

    async def start(self) -> None:
        """Begin with what earlier runs left behind."""
        self._loop.start()

    async def stop(self) -> None:
        """Claim nothing more, finish what is begun for some seconds, give the rest back."""
        await self._loop.stop(drain_seconds=DRAIN_SECONDS, last_word_seconds=LAST_WORD_SECONDS)

    @property
    def in_work(self) -> int:
        """Messages being worked on."""
        return len(self._running)

    # ---- the short way ----

    def has_room(self) -> bool:
        """See `Straight`."""
        return self._loop.is_open and len(self._running) < self._concurrency

    def answer_at_once(self, conn: Connection, item: InboxItem) -> Generator[None, None, Closing | None]:
        """See `Straight`."""
        return self._handler.answer_at_once(conn, item)

    def close(self, conn: Connection, leased: Leased, answer: Closing) -> Closed:
        """See `Straight`."""
        return closing.close(conn, leased, answer, self._sender, terms=self._terms(), go_on=self._loop.is_open)

    def closed(self, closed: Closed) -> None:
        """See `Straight`."""
        self.counts["straight"] += 1
        following = self._closed(closed, "handled")
        if following is not None:
            self._begin(following)

    def take(self, leased: Leased) -> None:
        """See `Straight`."""
        self.counts["straight"] += 1
        self._begin(leased)

    # ---- claims ----

    async def _look(self) -> None:
        await self._renew()
        while await self._claim():
            pass

    async def _claim(self) -> bool:
        """Take what is due; True when there may be more and room for it."""
        room = self._concurrency - len(self._running)
        if room <= 0 or not self._loop.is_open:
            return False
        unit = partial(leases.claim, adapters=self._adapters, terms=self._terms(), limit=room)
        claimed = await self._store.write(unit)
        for leased in claimed:
            self._begin(leased)
        return len(claimed) == room

    async def _renew(self) -> None:
        now = self._clock.now()
        if now - self._renewed_at < self._lease * RENEW_SHARE:
            return
        if self._running:
            unit = partial(leases.renew, leased=list(self._running.values()), until=now + self._lease)
            await self._store.write(unit)
        self._renewed_at = now

    def _terms(self) -> Terms:
        return Terms(self._clock.now(), self._lease)

    # ---- one message after the other of a conversation ----

    def _begin(self, leased: Leased) -> None:
        task = asyncio.create_task(self._work_through(leased))
        self._running[task] = leased
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        if len(self._running) == self._concurrency:
            self._wake.set()  # a claim may have found no room
        del self._running[task]
        if not task.cancelled() and (fault := task.exception()) is not None:
            log.error("inbox: a message could not be closed; its lease will end", exc_info=fault)

    async def _work_through(self, leased: Leased) -> None:
        """Work on a message, then on what waits behind it in its conversation."""
        task, following = asyncio.current_task(), await self._work(leased)
        while following is not None:
            if task is not None:
                self._running[task] = following
            following = await self._work(following)

    async def _work(self, leased: Leased) -> Leased | None:
        """Handle and close one message; the one that comes next in its conversation, when it is ours already."""
        if not self._loop.is_open:
            await self._give_back(leased)
            return None
        if leased.item.attempt > MAX_BEGUN:
            return await self._give_up(leased, f"begun {MAX_BEGUN} times and never finished: its workers died")
        try:
            answer = await self._handler.handle(leased.item)
            unit = partial(
                closing.close, leased=leased, answer=answer, sender=self._sender, terms=self._terms(),
                go_on=self._loop.is_open,
            )
            done = await self._store.write(unit, brief=answer.brief)
        except asyncio.CancelledError:  # stopped in the middle: nothing of it has been written
            await self._give_back(leased)
            return None
        except (StoreError, NotYet) as error:
            await self._postpone(leased, error)
            return None
        except Exception as error:  # whatever a skill does wrong, the person gets an answer and the others go on
            log.exception("inbox: message %d failed, attempt %d", leased.item.id, leased.item.attempt)
            return await self._failed(leased, error)
        return self._closed(done, "handled")

    def _closed(self, done: Closed, counted_as: str) -> Leased | None:
        self.counts[counted_as if done.ours else "overtaken"] += 1
        for handover in done.handovers:
            self._sender.take(handover)
        return done.following

    # ---- what did not work out ----

    async def _give_back(self, leased: Leased, wait: timedelta = timedelta(0)) -> None:
        at = self._clock.now() + wait
        await self._store.write(lambda conn: leases.give_back(conn, [leased], at))

    async def _postpone(self, leased: Leased, error: StoreError | NotYet) -> None:
        """The store could not take it, or something else is not ready: the attempt does not count."""
        self.counts["postponed"] += 1
        log.warning("inbox: message %d is put off: %s", leased.item.id, error)
        try:
            await self._give_back(leased, error.wait if isinstance(error, NotYet) else timedelta(0))
        except StoreError as unavailable:
            log.warning("inbox: message %d waits for its lease to end: %s", leased.item.id, unavailable)

    async def _failed(self, leased: Leased, error: Exception) -> Leased | None:
        why = f"{type(error).__name__}: {error}"[:500]
        if leased.item.attempt >= MAX_ATTEMPTS:
            return await self._give_up(leased, why)
        now = self._clock.now()
        await self._store.write(lambda conn: leases.try_again(
            conn, leased, why=why, wait=next_wait(leases.last_wait(conn, leased), self._dice), now=now
        ))
        self.counts["retried"] += 1
        return None

    async def _give_up(self, leased: Leased, why: str) -> Leased | None:
        log.error("inbox: message %d is dead: %s", leased.item.id, why)
        apology = closing.apology_for(leased.item, self._fallback)
        unit = partial(
            closing.give_up, leased=leased, why=why, apology=apology, sender=self._sender, terms=self._terms(),
            go_on=self._loop.is_open,
        )
        return self._closed(await self._store.write(unit), "dead")

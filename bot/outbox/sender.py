"""The sender: claims what may go out, lets the adapters deliver it, writes down what became of it."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random

from sqlalchemy import Connection

from bot.claiming import ClaimLoop
from bot.clock import Clock
from bot.contracts import Adapter, Capabilities, DeliveryOutcome, Retry, Sent, Uncertain
from bot.outbox.attempts import unanswered
from bot.outbox.bundle import Bundle, plain_bundle
from bot.outbox.claim import BATCH, Claimed, Terms, claim
from bot.outbox.delivery import LateNote, as_asked, deliver
from bot.outbox.enqueue import TOPIC
from bot.outbox.finish import BrokenHook, Finished, finish, give_back, renew
from bot.outbox.leased import LeasedRow
from bot.outbox.message import MessageClass, OutgoingMessage
from bot.outbox.policy import Facts, Limits, Verdict, arrived, decide, limits_of, nobody_answered
from bot.outbox.straight import Handover, enqueue_leased
from bot.outbox.sweep import bury_overdue
from bot.store import Store, StoreError

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
LEAST_LEASE = 0.4
"""A message is not begun with less than this share of its lease left (12 of 30 s)."""
RENEW_SHARE = 1 / 3
"""Leases are renewed after this part of their length."""
SWEEP_SECONDS = 60.0
DRAIN_SECONDS = 3.0
LAST_WORD_SECONDS = 0.8
"""Workers stop first, then the sender; together they are done within 10 s, the sends meanwhile on their way."""
IN_FLIGHT = 128
"""Messages one adapter instance may have in flight."""
WRITE_AGAIN_SECONDS = 1.0


@dataclass(slots=True)
class _Channel:
    adapter: Adapter
    in_flight: int = 0


class Sender:
    """Sends for the adapter instances of this process; several processes may share one store."""

    def __init__(
        self, store: Store, clock: Clock, adapters: Mapping[str, Adapter], *, lease: timedelta = LEASE,
        bundle: Bundle = plain_bundle, late_note: LateNote = as_asked, limits: Mapping[str, Limits] | None = None,
        on_broken: BrokenHook | None = None, is_up: Callable[[str], bool] = lambda _: True,
    ) -> None:  # fmt: skip
        self._store = store
        self._clock = clock
        self._channels = {name: _Channel(adapter) for name, adapter in adapters.items()}
        self._lease = lease
        self._bundle = bundle
        self._late_note = late_note
        self._limits = limits or {name: limits_of(adapter.capabilities) for name, adapter in adapters.items()}
        self._on_broken = on_broken
        self._is_up = is_up
        self._dice = Random()  # noqa: S311 - jitter, not a secret
        self._flying: dict[asyncio.Task[None], LeasedRow] = {}
        self._wake = store.subscribe(TOPIC)
        self._unwritten = 0
        self._renewed_at = self._swept_at = self._started_at = clock.now()
        self.counts: Counter[str] = Counter()
        """sent, retry, uncertain, refused, dead, broken, late_finish, lease_expired, bundled, bucket_waits,
        straight, store_errors, dropped."""
        self._loop = ClaimLoop(
            "outbox", clock, self._wake, self._look, tasks=lambda: list(self._flying), counts=self.counts
        )

    # ---- life ----

    async def start(self) -> None:
        """Begin with what earlier runs left behind."""
        self._swept_at = self._started_at = self._clock.now()
        self._loop.start()

    async def stop(self) -> None:
        """Claim nothing more, let flying messages land for some seconds, write down the rest as uncertain."""
        await self._loop.stop(drain_seconds=DRAIN_SECONDS, last_word_seconds=LAST_WORD_SECONDS)

    def look(self) -> None:
        """Claim soon: a channel has come back."""
        self._wake.set()

    @property
    def in_flight(self) -> int:
        """Messages being delivered."""
        return len(self._flying)

    # ---- the short way ----

    def enqueue_straight(self, conn: Connection, message: OutgoingMessage, now: datetime) -> Handover | None:
        """See `StraightOut`."""
        return enqueue_leased(conn, message, self, now=now, lease=self._lease)

    def capabilities_if_free(self, adapter: str) -> Capabilities | None:
        """See `straight.Channels`."""
        channel = self._channels.get(adapter)
        if channel is None or not self._is_up(adapter) or channel.in_flight >= IN_FLIGHT:
            return None
        if not self._loop.is_open or self._unwritten:
            return None
        return channel.adapter.capabilities

    def take(self, handover: Handover) -> None:
        """See `StraightOut`."""
        self.counts["straight"] += 1
        self._send_soon(handover.row)

    # ---- claims ----

    async def _look(self) -> None:
        await self._renew()
        await self._sweep()
        while await self._claim():
            pass

    async def _claim(self) -> bool:
        """Take what may go out; True when there may be more."""
        rooms = {
            name: (channel.adapter.capabilities, min(BATCH, IN_FLIGHT - channel.in_flight))
            for name, channel in self._channels.items() if channel.in_flight < IN_FLIGHT and self._is_up(name)
        }
        if not rooms or not self._loop.is_open or self._unwritten:
            return False
        terms = self._terms()
        claimed: Claimed = await self._store.write(lambda conn: claim(conn, rooms, terms))
        self.counts.update(claimed.counts)
        for row in claimed.rows:
            self._send_soon(row)
        return claimed.more

    async def _renew(self) -> None:
        """Before a claim, so that what we are still sending is never claimed by ourselves."""
        now = self._clock.now()
        if now - self._renewed_at < self._lease * RENEW_SHARE:
            return
        if self._flying:
            unit = partial(renew, rows=list(self._flying.values()), until=now + self._lease)
            await self._store.write(unit)
        self._renewed_at = now

    async def _sweep(self) -> None:
        if (self._clock.now() - self._swept_at).total_seconds() < SWEEP_SECONDS:
            return
        self._swept_at = self._clock.now()
        terms = self._terms()
        self.counts["dead"] += await self._store.write(lambda conn: bury_overdue(conn, self._channels, terms))

    def _terms(self) -> Terms:
        return Terms(
            now=self._clock.now(), lease=self._lease, started_at=self._started_at, limits=self._limits,
            bundle=self._bundle,
        )

    # ---- one message ----

    def _send_soon(self, row: LeasedRow) -> None:
        self._channels[row.message.conversation.adapter].in_flight += 1
        task = asyncio.create_task(self._send(row))
        self._flying[task] = row
        task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[None]) -> None:
        channel = self._channels[self._flying.pop(task).message.conversation.adapter]
        if channel.in_flight == IN_FLIGHT:
            self._wake.set()  # a claim may have found no room
        channel.in_flight -= 1
        if not task.cancelled() and (fault := task.exception()) is not None:
            log.error("outbox: a message could not be finished; its lease will end", exc_info=fault)

    async def _send(self, row: LeasedRow) -> None:
        started = self._clock.now()
        if row.lease_until - started < self._lease * LEAST_LEASE or not self._loop.is_open:
            await self._store.write(lambda conn: give_back(conn, row, started))
            return
        try:
            outcome = await self._delivered(row, started)
        except asyncio.CancelledError:
            outcome = Uncertain("the service was stopped while it was being sent")
        await self._finish(row, outcome, started)

    async def _delivered(self, row: LeasedRow, now: datetime) -> DeliveryOutcome:
        adapter = self._channels[row.message.conversation.adapter].adapter
        return await deliver(adapter, row, now=now, late_note=self._late_note)

    async def _finish(self, row: LeasedRow, outcome: DeliveryOutcome, started: datetime) -> None:
        now = self._clock.now()
        adapter = self._channels[row.message.conversation.adapter].adapter
        verdict = self._judge(row, outcome, now, adapter.capabilities, attempts=await self._spent(row, outcome))
        unit = partial(
            finish, row=row, verdict=verdict, started=started, now=now, capabilities=adapter.capabilities,
            on_broken=self._on_broken,
        )
        finished = await self._written(unit, brief=not verdict.broken)  # of a broken conversation the desk is told
        if not finished.ours:
            self.counts["late_finish"] += 1
            return
        self._count(row, verdict)
        if finished.followers:
            self._wake.set()

    async def _written(self, unit: "partial[Finished]", *, brief: bool) -> Finished:
        """Write, however long the store needs: what was sent and not written down would be sent again."""
        try:
            return await self._store.write(unit, brief=brief)
        except StoreError as error:
            log.warning("outbox: an outcome waits to be written: %s", error)
        self._unwritten += 1  # nothing is claimed meanwhile: our own row might be
        try:
            while True:
                self.counts["store_errors"] += 1
                await self._clock.sleep(WRITE_AGAIN_SECONDS)
                try:
                    return await self._store.write(unit)
                except StoreError as error:
                    if not self._loop.is_open:
                        raise
                    log.debug("outbox: an outcome still waits: %s", error)
        finally:
            self._unwritten -= 1
            self._wake.set()

    async def _spent(self, row: LeasedRow, outcome: DeliveryOutcome) -> int:
        """Attempts that count against the message: not those of an outage."""
        made = row.message.attempt
        if made == 1 or nobody_answered(outcome) or not isinstance(outcome, Retry | Uncertain):
            return made
        try:
            return made - await self._store.read(lambda conn: unanswered(conn, row.id), brief=True)
        except StoreError:
            return 1  # rather one attempt too many than a message that dies of an outage

    def _judge(
        self, row: LeasedRow, outcome: DeliveryOutcome, now: datetime, bears: Capabilities, *, attempts: int
    ) -> Verdict:
        if isinstance(outcome, Sent):
            return arrived(outcome, row.uncertain)
        terms = self._terms()
        facts = Facts(
            message_class=row.message_class, attempts=attempts, uncertain=row.uncertain,
            backoff=row.backoff, counted_from=terms.counted_from(row.message_class, row.due_at),
            had_route=row.message.reply_route is not None, drops_copies=bears.idempotent_send,
        )
        limits = terms.limits_of(row.message.conversation.adapter)
        return decide(outcome, facts, now=now, limits=limits, dice=self._dice)

    def _count(self, row: LeasedRow, verdict: Verdict) -> None:
        self.counts[verdict.outcome] += 1
        if verdict.state == "dead":
            self.counts["dead"] += 1
            where, kind = row.message.conversation.adapter, MessageClass(row.message_class).name.lower()
            log.warning("outbox: O-%d (%s) to %s is dead: %s", row.id, kind, where, verdict.reason)
        if verdict.broken:
            self.counts["broken"] += 1
            log.error("outbox: conversation %d of %s is broken", row.conversation_id, row.message.conversation.adapter)

"""The sender: claims what may go out, lets the adapters deliver it, writes down what became of it."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from random import Random
from secrets import token_hex

from sqlalchemy import Connection

from bot.clock import Clock
from bot.contracts import Adapter, DeliveryOutcome, OutboundMessage, Uncertain
from bot.outbox import claim, pace
from bot.outbox.bundle import Bundle, bundle_waiting, plain_bundle
from bot.outbox.claim import BATCH, LeasedRow
from bot.outbox.enqueue import TOPIC, insert_row, new_row, take_place
from bot.outbox.finish import finish
from bot.outbox.message import OutgoingMessage
from bot.outbox.policy import Standing, decide
from bot.outbox.straight import Handover
from bot.store import Store, StoreUnavailable, announce

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
SEND_SECONDS = 10.0
LEAST_LEASE = timedelta(seconds=12)
"""A message is not begun with less of its lease left."""
POLL_SECONDS = 1.0
DRAIN_SECONDS = 8.0
IN_FLIGHT = 128
LATE_REPLY = timedelta(minutes=5)
"""An answer that comes later than this names the time of its question."""

LateNote = Callable[[OutboundMessage, datetime, str], OutboundMessage]
"""Adds the time of the question to an answer that comes late; gets the message, that time and the language."""


class Sender:
    """Sends for the adapter instances of this process; several processes may share one store."""

    def __init__(
        self, store: Store, clock: Clock, adapters: Mapping[str, Adapter], *, lease: timedelta = LEASE,
        bundle: Bundle = plain_bundle, late_note: LateNote = lambda message, asked_at, language: message,  # noqa: ARG005
    ) -> None:  # fmt: skip
        self._store = store
        self._clock = clock
        self._adapters = adapters
        self._lease = lease
        self._bundle = bundle
        self._late_note = late_note
        self._dice = Random()  # noqa: S311 - jitter, not a secret
        self._flying: dict[asyncio.Task[None], LeasedRow] = {}
        self._wake = store.subscribe(TOPIC)
        self._tasks: list[asyncio.Task[None]] = []
        self._started_at = clock.now()
        self.counts: Counter[str] = Counter()
        """sent, retry, uncertain, refused, dead, late_finish, bundled, bucket_waits."""

    async def start(self) -> None:
        """Begin with what earlier runs left behind."""
        self._started_at = self._clock.now()
        self._tasks = [asyncio.create_task(self._claim_forever()), asyncio.create_task(self._renew_forever())]

    async def stop(self) -> None:
        """Claim nothing more, let flying messages land for up to 8 s, give the rest back."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        if self._flying:
            await asyncio.wait(self._flying, timeout=DRAIN_SECONDS)
        for task in list(self._flying):
            task.cancel()
        await asyncio.gather(*self._flying, return_exceptions=True)

    @property
    def in_flight(self) -> int:
        """Messages being delivered."""
        return len(self._flying)

    # ---- the short way ----

    def enqueue_straight(self, conn: Connection, message: OutgoingMessage, now: datetime) -> Handover | None:
        """See `StraightOut`."""
        place = take_place(conn, message.conversation_id, message.queue)
        row = new_row(message, place, now)
        adapter = self._adapters.get(place.address.adapter)
        free = (
            adapter is not None and bool(self._tasks) and len(self._flying) < IN_FLIGHT and not place.waiting
            and not place.broken and row["available_at"] <= now
            and (place.closed_until is None or place.closed_until <= now)
        )
        if free and adapter is not None:
            counted = pace.pace_of(
                adapter.capabilities, adapter=adapter.name, conversation_id=message.conversation_id,
                message_class=message.message_class,
            )
            later = pace.take(conn, counted, now)
            if later is None:
                row |= {"state": "leased", "attempts": 1, "lease_token": token_hex(8)}
                row["available_at"] = now + self._lease
            else:
                row["available_at"] = later
        row_id = insert_row(conn, row)
        if row_id is None:
            return None
        if row["state"] != "leased":
            announce(conn, TOPIC)
            return None
        outbound = OutboundMessage.model_construct(
            message_id=row["message_id"], conversation=place.address, cards=message.cards,
            reply_route=message.reply_route, in_reply_to=message.reply_to, mention=message.mentions, resent=False,
            attempt=1, created_at=now,
        )
        return Handover(LeasedRow(
            row_id, row["lease_token"], outbound, message.message_class, message.queue, message.conversation_id, 0, 0.0,
            row["due_at"], message.language, message.asked_at,
        ))

    def take(self, handover: Handover) -> None:
        """See `StraightOut`."""
        self._send_soon(handover.row)

    # ---- the loop ----

    def _send_soon(self, row: LeasedRow) -> None:
        task = asyncio.create_task(self._deliver(row))
        self._flying[task] = row
        task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[None]) -> None:
        del self._flying[task]
        if not task.cancelled() and task.exception() is not None:
            log.error("a message could not be finished; its lease will end", exc_info=task.exception())

    async def _claim_forever(self) -> None:
        while True:
            self._wake.clear()
            try:
                full = await self._claim()
            except StoreUnavailable as error:
                log.warning("outbox: %s", error)
                full = False
            if not full:
                try:
                    async with asyncio.timeout(POLL_SECONDS):
                        await self._wake.wait()
                except TimeoutError:
                    pass

    async def _claim(self) -> bool:
        room = min(BATCH, IN_FLIGHT - len(self._flying))
        if room <= 0:
            return False
        now = self._clock.now()
        channels = {name: adapter.capabilities for name, adapter in self._adapters.items()}

        def unit(conn: Connection) -> tuple[int, list[LeasedRow]]:
            bundled = bundle_waiting(conn, adapters=channels, now=now, make=self._bundle)
            return bundled, claim.claim(conn, channels=channels, now=now, lease=self._lease, limit=room)

        bundled, rows = await self._store.write(unit)
        self.counts["bundled"] += bundled
        for row in rows:
            self._send_soon(row)
        return len(rows) == room

    async def _renew_forever(self) -> None:
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            renewing = partial(claim.renew, rows=list(self._flying.values()), until=self._clock.now() + self._lease)
            if self._flying:
                try:
                    await self._store.write(renewing)
                except StoreUnavailable as error:
                    log.warning("outbox: leases could not be renewed: %s", error)

    async def _deliver(self, row: LeasedRow) -> None:
        started = self._clock.now()
        try:
            outcome = await self._send(row, started)
        except asyncio.CancelledError:
            outcome = Uncertain("stopped while it was being sent")
            await asyncio.shield(self._finish(row, outcome, started))
            raise
        await self._finish(row, outcome, started)

    async def _send(self, row: LeasedRow, now: datetime) -> DeliveryOutcome:
        message = row.message
        if row.asked_at is not None and now - row.asked_at > LATE_REPLY:
            message = self._late_note(message, row.asked_at, row.language)
        try:
            async with asyncio.timeout(SEND_SECONDS):
                return await self._adapters[message.conversation.adapter].send(message)
        except TimeoutError:
            return Uncertain(f"no answer within {SEND_SECONDS:g} s")
        except Exception as error:  # an adapter's defect must not stop the others' messages
            log.exception("adapter %s failed to send", message.conversation.adapter)
            return Uncertain(f"the adapter failed: {type(error).__name__}")

    async def _finish(self, row: LeasedRow, outcome: DeliveryOutcome, started: datetime) -> None:
        now = self._clock.now()
        since = max(row.due_at, self._started_at) if row.queue == "reply" else row.due_at
        adapter = self._adapters[row.message.conversation.adapter]
        standing = Standing(
            message_class=row.message_class, attempts=row.message.attempt, uncertain=row.uncertain, backoff=row.backoff,
            age=now - since, idempotent=adapter.capabilities.idempotent_send,
        )
        what_next = decide(outcome, standing, now=now, dice=self._dice, had_route=row.message.reply_route is not None)
        mine = await self._store.write(
            lambda conn: finish(conn, row, outcome, what_next, started=started, now=now)
        )
        self.counts[type(outcome).__name__.lower()] += 1
        if not mine:
            self.counts["late_finish"] += 1
        elif type(what_next).__name__ == "Dead":
            self.counts["dead"] += 1
            log.warning("message O-%d to %s is dead: %s", row.id, row.message.conversation.adapter, what_next)

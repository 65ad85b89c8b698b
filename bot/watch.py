"""Watching over the rooms: what is not as it should be, and the figures Prometheus reads."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.contracts import Adapter
from bot.inbox.figures import InboxFigures, inbox_figures
from bot.inbox.workers import Workers
from bot.outbox import Sender
from bot.store import Store, StoreError
from bot.store.migrate import schema_status
from bot.web import Figure, Issue, Sample
from bot.web.figures import by_label, one

WAITING_TOO_LONG = timedelta(minutes=1)
"""A message that nobody has taken up by then is worth a look."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Looks at one service."""

    store: Store
    clock: Clock
    adapters: Mapping[str, Adapter]
    workers: Workers
    sender: Sender

    async def readiness(self) -> list[Issue]:
        """Everything that is not as it should be, by name; nothing when all is well."""
        return [*await self._store_issues(), *self._adapter_issues()]

    async def figures(self) -> list[Figure]:
        """Counters of this process, and how much waits in the store."""
        found = [
            by_label("inbox_messages", "Messages by what became of them.", kind="counter", label="outcome",
                     values=self.workers.counts),
            by_label("outbox_attempts", "Attempts to send by outcome, and what followed.", kind="counter",
                     label="outcome", values=self.sender.counts),
            one("inbox_in_work", "Messages being worked on in this process.", self.workers.in_work),
            one("outbox_in_flight", "Messages being delivered by this process.", self.sender.in_flight),
            self._adapters_up(),
            *self._adapter_figures(),
        ]
        started = time.perf_counter()
        try:
            inbox = await self.store.read(inbox_figures)
        except StoreError:
            return [*found, one("store_up", "1 when the store answers.", 0)]
        took = time.perf_counter() - started
        return [*found, one("store_up", "1 when the store answers.", 1),
                one("store_read_seconds", "How long the store took to answer now.", took), *self._waiting(inbox)]

    async def _store_issues(self) -> list[Issue]:
        try:
            schema = await schema_status(self.store)
            if not schema.is_current:
                detail = f"tables at revision {schema.current}, program at {schema.head}"
                return [Issue("migrations", detail, "run: parcelbridge db upgrade", blocking=True)]
            inbox = await self.store.read(inbox_figures)
        except StoreError as error:
            return [Issue("store", str(error), "look at the database", blocking=True)]
        waited = self.clock.now() - inbox.oldest if inbox.oldest else timedelta(0)
        if waited > WAITING_TOO_LONG:
            detail = f"{inbox.waiting} messages wait, the oldest for {int(waited.total_seconds())} s"
            return [Issue("inbox.waiting", detail, "look at the log for what keeps the workers busy")]
        return []

    def _adapter_issues(self) -> list[Issue]:
        states = {name: adapter.health() for name, adapter in self.adapters.items()}
        none_left = bool(states) and not any(health.ok for health in states.values())
        return [
            Issue(f"adapter.{name}", health.detail or health.state, "run: parcelbridge doctor", blocking=none_left)
            for name, health in states.items()
            if not health.ok
        ]

    def _waiting(self, inbox: InboxFigures) -> list[Figure]:
        age = (self.clock.now() - inbox.oldest).total_seconds() if inbox.oldest else 0.0
        return [
            one("inbox_waiting", "Messages stored and not finished.", inbox.waiting),
            one("inbox_oldest_seconds", "Age of the oldest of them.", max(0.0, age)),
        ]

    def _adapters_up(self) -> Figure:
        states = {name: float(adapter.health().ok) for name, adapter in self.adapters.items()}
        return by_label("adapter_up", "1 when the adapter is well.", kind="gauge", label="adapter", values=states)

    def _adapter_figures(self) -> Sequence[Figure]:
        samples = tuple(
            Sample(value, {"adapter": name, "figure": figure})
            for name, adapter in self.adapters.items()
            for figure, value in sorted(adapter.health().figures.items())
        )
        return (Figure("adapter_figure", "What an adapter counts.", "gauge", samples),)

"""Watching over the rooms: what is not as it should be, and the figures Prometheus reads."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.cases.telling import untold
from bot.clock import Clock
from bot.contracts import Health
from bot.inbox.figures import InboxFigures, inbox_figures
from bot.inbox.workers import Workers
from bot.outbox import Sender
from bot.outbox.figures import OutboxFigures, outbox_figures
from bot.store import Store, StoreError
from bot.store.migrate import schema_status
from bot.tracking.oddities import QUARANTINED, UNKNOWN_CODE, Oddity, fix, oddities, told
from bot.tracking.silence import SilentSource, silent_sources
from bot.tracking.sources import last_heard
from bot.web import Figure, Issue, Sample
from bot.web.figures import by_label, one

WAITING_TOO_LONG = timedelta(minutes=1)
"""A message that nobody has taken up by then is worth a look."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the store holds at one moment."""

    inbox: InboxFigures
    outbox: OutboxFigures
    heard: Mapping[str, datetime | None]
    """By source: when it was last heard."""
    silent: Sequence[SilentSource]
    odd: Sequence[Oddity]
    """Of a day."""
    untold: int
    """Requests for a person nobody of the desk was told of."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Looks at one service."""

    store: Store
    clock: Clock
    adapters: Callable[[], Mapping[str, Health]]
    """How each adapter instance stands now, by name."""
    workers: Workers
    sender: Sender
    usual_gaps: Mapping[str, timedelta] = field(default_factory=dict)
    """Usual time between two reports, by the name of the source."""
    unwell_since: Callable[[], Mapping[str, datetime]] = dict
    """Since when adapter instances that are not well are so, by name."""
    outside: Callable[[], Mapping[str, Health]] = dict
    """How each outside service stands, by name; without them we answer as if there were none."""

    async def readiness(self) -> list[Issue]:
        """Everything that is not as it should be, by name; nothing when all is well."""
        return [*await self._store_issues(), *self._adapter_issues(), *_outside_issues(self.outside())]

    async def figures(self) -> list[Figure]:
        """Counters of this process, and how much waits in the store."""
        found = [
            by_label("inbox_messages", "Messages by what became of them.", kind="counter", label="outcome",
                     values=self.workers.counts),
            by_label("outbox_attempts", "Attempts to send by outcome, and what followed.", kind="counter",
                     label="outcome", values=self.sender.counts),
            one("inbox_in_work", "Messages being worked on in this process.", self.workers.in_work),
            one("outbox_in_flight", "Messages being delivered by this process.", self.sender.in_flight),
            *self._adapter_figures(),
            *_outside_figures(self.outside()),
        ]
        started = time.perf_counter()
        try:
            seen = await self.store.read(self._look)
        except StoreError:
            return [*found, one("store_up", "1 when the store answers.", 0)]
        took = time.perf_counter() - started
        return [*found, one("store_up", "1 when the store answers.", 1),
                one("store_read_seconds", "How long the store took to answer now.", took),
                *_waiting(seen, self.clock.now())]

    def _look(self, conn: Connection) -> _Seen:
        now = self.clock.now()
        heard = {name: last_heard(conn, name) for name in self.usual_gaps}
        gaps = {name: gap.total_seconds() for name, gap in self.usual_gaps.items()}
        return _Seen(
            inbox_figures(conn), outbox_figures(conn, now), heard, silent_sources(conn, now, gaps),
            oddities(conn, now), untold(conn),
        )

    async def _store_issues(self) -> list[Issue]:
        try:
            schema = await schema_status(self.store)
            if not schema.is_current:
                detail = f"tables at revision {schema.current}, program at {schema.head}"
                return [Issue("migrations", detail, "run: parcelbridge db upgrade", blocking=True)]
            seen = await self.store.read(self._look)
        except StoreError as error:
            return [Issue("store", str(error), "look at the database", blocking=True)]
        now = self.clock.now()
        return [
            *_inbox_issues(seen.inbox, now), *_outbox_issues(seen.outbox), *_silent(seen.silent, now),
            *_odd(seen.odd), *_untold(seen.untold),
        ]

    def _adapter_issues(self) -> list[Issue]:
        states = self.adapters()
        none_left = bool(states) and not any(health.ok for health in states.values())
        since, now = self.unwell_since(), self.clock.now()
        return [
            Issue(f"adapter.{name}", _said(health, since.get(name), now), "run: parcelbridge doctor",
                  blocking=none_left)
            for name, health in states.items()
            if not health.ok or health.state == "degraded"  # at work, and somebody has to mend a part of it
        ]

    def _adapter_figures(self) -> Sequence[Figure]:
        states = self.adapters()
        up = {name: float(health.ok) for name, health in states.items()}
        samples = tuple(
            Sample(value, {"adapter": name, "figure": figure})
            for name, health in states.items()
            for figure, value in sorted(health.figures.items())
        )
        return (by_label("adapter_up", "1 when the adapter is well.", kind="gauge", label="adapter", values=up),
                Figure("adapter_figure", "What an adapter counts.", "gauge", samples))


def _outside_issues(states: Mapping[str, Health]) -> Iterator[Issue]:
    for name, health in states.items():
        if not health.ok:
            yield Issue(f"outside.{name}", health.detail, "run: parcelbridge doctor; messages are answered without it")


def _outside_figures(states: Mapping[str, Health]) -> Iterator[Figure]:
    samples = tuple(
        Sample(value, {"service": name, "outcome": outcome})
        for name, health in states.items()
        for outcome, value in sorted(health.figures.items())
    )
    if states:
        yield Figure("outside_questions", "Questions put to outside services by outcome.", "counter", samples)


def _said(health: Health, since: datetime | None, now: datetime) -> str:
    """What is wrong, in a sentence, and for how long it has been."""
    detail = health.detail or health.state
    return detail if health.ok or since is None else f"{detail} (for {_length(now - since)})"


def _inbox_issues(inbox: InboxFigures, now: datetime) -> Iterator[Issue]:
    waited = now - inbox.oldest if inbox.oldest else timedelta(0)
    if waited > WAITING_TOO_LONG:
        detail = f"{inbox.waiting} messages wait, the oldest for {int(waited.total_seconds())} s"
        yield Issue("inbox.waiting", detail, "look at the log for what keeps the workers busy")


def _outbox_issues(outbox: OutboxFigures) -> Iterator[Issue]:
    listing = "see: parcelbridge outbox list"
    for queue in outbox.too_slow:
        age = int(outbox.oldest_ready[queue].total_seconds())
        yield Issue(f"outbox.{queue}", f"{outbox.waiting[queue]} messages wait, the oldest for {age} s", listing)
    for name, behind in outbox.late.items():
        detail = f"{behind.messages} messages wait for it, the oldest for {_length(behind.oldest)}"
        yield Issue(f"adapter.{name}.waiting", detail, "run: parcelbridge doctor; what waits goes out by itself")
    if outbox.dead:
        yield Issue("outbox.dead", f"{outbox.dead} messages could not be delivered", f"{listing} --state dead")
    if outbox.broken_conversations:
        more = ", ..." if outbox.broken_conversations > len(outbox.broken_names) else ""
        names = ", ".join(outbox.broken_names) + more
        count = outbox.broken_conversations
        detail = f"{count} conversations cannot be reached ({names}), {outbox.held} messages wait for them"
        yield Issue("outbox.broken", detail, "mend the channel, or ask the people to write to the bot once")


def _silent(sources: Sequence[SilentSource], now: datetime) -> Iterator[Issue]:
    for source in sources:
        detail = f"nothing was reported for {_hours(now - source.since)}"
        yield Issue(f"feed.{source.name}", detail, "ask the source, or set its usual_gap higher")


def _odd(found: Sequence[Oddity]) -> Iterator[Issue]:
    for odd in found:
        if odd.too_many or odd.kind == QUARANTINED:
            name = f"feed.{odd.source}.{'codes' if odd.kind == UNKNOWN_CODE else 'future'}"
            yield Issue(name, f"{told(odd)} (24 h)", fix(odd))


def _untold(requests: int) -> Iterator[Issue]:
    if requests:
        detail = f"nobody of the desk was told of {requests} open requests"
        fix = "see: parcelbridge cases list; let somebody of the desk write to the bot once, or set [cases] desk"
        yield Issue("cases.desk", detail, fix)


def _waiting(seen: _Seen, now: datetime) -> list[Figure]:
    inbox, outbox = seen.inbox, seen.outbox
    age = (now - inbox.oldest).total_seconds() if inbox.oldest else 0.0
    ages = {queue: waited.total_seconds() for queue, waited in outbox.oldest_ready.items()}
    heard = {name: (now - at).total_seconds() for name, at in seen.heard.items() if at is not None}
    return [
        one("inbox_waiting", "Messages stored and not finished.", inbox.waiting),
        one("inbox_oldest_seconds", "Age of the oldest of them.", max(0.0, age)),
        one("inbox_dead", "Messages given up after several attempts.", inbox.dead),
        by_label("outbox_waiting", "Messages that may go out now.", kind="gauge", label="queue", values=outbox.waiting),
        by_label("outbox_oldest_seconds", "Age of the oldest of them.", kind="gauge", label="queue", values=ages),
        by_label("outbox_behind_seconds", "For how long the oldest message of an adapter has been due.", kind="gauge",
                 label="adapter", values={name: b.oldest.total_seconds() for name, b in outbox.behind.items()}),
        one("outbox_dead", "Messages that could not be delivered.", outbox.dead),
        one("outbox_held", "Messages waiting for a conversation that cannot be reached.", outbox.held),
        one("outbox_leases_expired", "Messages whose lease ended unfinished.", outbox.leased_past_expiry),
        by_label("feed_unknown_codes", "Events of a day with codes nobody knows.", kind="gauge", label="feed",
                 values={odd.source: odd.events for odd in seen.odd if odd.kind == UNKNOWN_CODE}),
        by_label("feed_quarantined", "Events of a day that lie in the future and do not count.", kind="gauge",
                 label="feed", values={odd.source: odd.events for odd in seen.odd if odd.kind == QUARANTINED}),
        one("requests_untold", "Open requests nobody of the desk was told of.", seen.untold),
        one("channels_closed", "Channels that must keep quiet.", len(outbox.closed_channels)),
        by_label("feed_silence_seconds", "Time since a source was heard.", kind="gauge", label="feed", values=heard),
    ]


def _hours(length: timedelta) -> str:
    hours = length.total_seconds() / 3600
    return f"{hours:.0f} h" if hours >= 2 else f"{length.total_seconds() / 60:.0f} min"


def _length(length: timedelta) -> str:
    seconds = length.total_seconds()
    return f"{seconds:.0f} s" if seconds < 120 else _hours(length)

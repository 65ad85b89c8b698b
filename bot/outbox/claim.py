"""Claiming: which messages may go out now, leased to this process for a while.

Everything happens in one short transaction and looks only at rows that are due and still open, channel by channel, so
that a channel that is closed or slow costs the others nothing.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, bindparam, exists, literal, null, update

from bot.contracts import Capabilities
from bot.outbox import pace
from bot.outbox.attempts import record_attempt, unanswered
from bot.outbox.bundle import Bundle, bundled
from bot.outbox.edits import original_of
from bot.outbox.leased import Candidate, LeasedRow, candidates, from_candidate
from bot.outbox.message import MessageClass, QueueName
from bot.outbox.pace import Window
from bot.outbox.policy import Limits, after_crash, overdue
from bot.outbox.tables import outbox
from bot.people.tables import conversation
from bot.store.prepared import Prepared
from bot.store.schema import from_micros

BATCH = 20
"""Rows a channel gives out at once."""


def _due(_: object) -> Any:
    earlier = outbox.alias()
    blocked = exists().where(
        earlier.c.conversation_id == outbox.c.conversation_id, earlier.c.queue == outbox.c.queue,
        earlier.c.seq < outbox.c.seq, earlier.c.finished_at.is_(None),
    )
    return (
        candidates()
        .where(
            outbox.c.finished_at.is_(None), outbox.c.adapter == bindparam("adapter"),
            outbox.c.queue == bindparam("queue"), outbox.c.available_at <= bindparam("now"),
            conversation.c.broken.is_(None), ~blocked,
        )
        .order_by(outbox.c.available_at)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=outbox)
    )


_DUE = Prepared(_due)
_BY_ID = outbox.c.id == bindparam("row_id")
_LEASE = Prepared(
    lambda _: update(outbox).where(_BY_ID).values(
        state=literal("leased"), lease_token=bindparam("token"), available_at=bindparam("until"),
        attempts=bindparam("number"), resent=bindparam("again"),
    )
)
_POSTPONE = Prepared(lambda _: update(outbox).where(_BY_ID).values(available_at=bindparam("until")))
_CLOSE = Prepared(
    lambda _: update(outbox).where(_BY_ID).values(
        state=bindparam("as_state"), finished_at=bindparam("at"), lease_token=null(), error=bindparam("why")
    )
)


@dataclass(slots=True)
class Claimed:
    """What a claim found."""

    rows: list[LeasedRow] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    more: bool = False
    """Another claim straight away may find more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a claim goes by."""

    now: datetime
    lease: timedelta
    started_at: datetime
    """Since when the service runs: the age of replies counts from here at the earliest."""
    limits: Mapping[str, Limits]
    bundle: Bundle

    def counted_from(self, message_class: int, due_at: datetime) -> datetime:
        """From when the age of a message counts."""
        return max(due_at, self.started_at) if message_class <= MessageClass.CONFIRMATION else due_at

    def limits_of(self, adapter: str) -> Limits:
        """When a channel gives up."""
        return self.limits.get(adapter) or _DEFAULT_LIMITS


_DEFAULT_LIMITS = Limits()


def claim(conn: Connection, channels: Mapping[str, tuple[Capabilities, int]], terms: Terms) -> Claimed:
    """Lease what may go out: due, first in its queue, its channel open and its pace kept.

    `channels` maps adapter instances to what they bear and how many more messages they may have in flight.
    """
    claimed = Claimed()
    for adapter, (capabilities, room) in channels.items():
        closed = pace.closed_until(conn, adapter)
        if room > 0 and (closed is None or closed <= terms.now):
            _Channel(conn, adapter, capabilities, terms, claimed).claim(min(room, BATCH))
    return claimed


class _Channel:
    """The part of a claim that concerns one adapter instance."""

    def __init__(
        self, conn: Connection, adapter: str, capabilities: Capabilities, terms: Terms, claimed: Claimed
    ) -> None:
        self._conn = conn
        self._adapter = adapter
        self._capabilities = capabilities
        self._terms = terms
        self._limits = terms.limits_of(adapter)
        self._claimed = claimed
        self._token = token_hex(8)
        self._windows: dict[str, Window] = {}
        self._leases: list[dict[str, Any]] = []

    def claim(self, room: int) -> None:
        """Replies first: a push must not take the room a person's answer needs."""
        queues: tuple[QueueName, ...] = ("reply", "push")
        for queue in queues:
            room -= self._claim_queue(queue, room)
        _LEASE.many(self._conn, self._leases)

    def _claim_queue(self, queue: QueueName, room: int) -> int:
        most = self._paced_room(queue, room)
        if most <= 0:
            return 0
        found = _DUE.all(self._conn, {
            "adapter": self._adapter, "queue": queue, "now": self._terms.now, "most": most
        })
        taken = sum(self._consider(Candidate._make(row)) for row in found)
        self._claimed.more |= len(found) == most
        return taken

    def _paced_room(self, queue: QueueName, room: int) -> int:
        """How many the pace of the whole instance lets through; none of the waiting rows need be touched for it."""
        if room <= 0 or self._capabilities.sends_per_minute is None or self._capabilities.pace_by_conversation:
            return room
        window, budget = self._window(self._adapter), pace.budget_of(self._capabilities)
        return window.room(self._terms.now, budget, push=queue == "push", most=room)

    def _consider(self, row: Candidate) -> bool:
        """Lease a row, or close it, or put it off; True when it was leased."""
        why = self._given_up(row)
        if why is not None:
            self._close(row, why)
            return False
        replaces = self._replaces(row)
        if row.edit_of is not None and replaces is None:
            self._close(row, "what it was to change cannot be changed in place", state="dropped")
            return False
        if not self._take_pace(row):
            return False
        try:
            leased = self._bundled(row) or self._leased(row, replaces)
        except ValueError as error:  # one row that cannot be read must not stop the others
            self._close(row, f"what is stored cannot be read: {error}"[:500])
            return False
        self._claimed.rows.append(leased)
        return True

    def _given_up(self, row: Candidate) -> str | None:
        now, due = self._terms.now, from_micros(row.due_at)
        if row.state == "leased":  # whoever had it died, perhaps after the channel had taken it
            record_attempt(
                self._conn, row.id, row.attempts, started=from_micros(row.available_at) - self._terms.lease, ended=now,
                outcome="lease_expired",
            )
            self._claimed.counts["lease_expired"] += 1
            spent = row.attempts - unanswered(self._conn, row.id)
            why = after_crash(row.message_class, attempts=spent, limits=self._limits)
            if why is not None:
                return why
        counted = self._terms.counted_from(row.message_class, due)
        return overdue(row.message_class, counted, at=now, limits=self._limits)

    def _replaces(self, row: Candidate) -> str | None:
        """The platform's id of the message an edit changes; its queue kept it behind that message."""
        if row.edit_of is None or not self._capabilities.edits_in_place:
            return None
        return original_of(self._conn, row.edit_of)

    def _close(self, row: Candidate, why: str, *, state: str = "dead") -> None:
        _CLOSE.run(self._conn, {"row_id": row.id, "as_state": state, "at": self._terms.now, "why": why})
        self._claimed.counts[state] += 1
        self._claimed.more = True  # what waited behind it may go now

    def _take_pace(self, row: Candidate) -> bool:
        capabilities, now = self._capabilities, self._terms.now
        if capabilities.sends_per_minute is None and not capabilities.pace_by_conversation:
            return True
        scope = pace.scope_of(self._adapter, row.conversation_id, capabilities)
        window, push = self._window(scope), pace.is_push(row.message_class)
        free = window.free_at(now, pace.budget_of(capabilities), push=push)
        if free > now:
            self._claimed.counts["bucket_waits"] += 1
            if row.state == "ready":
                _POSTPONE.run(self._conn, {"row_id": row.id, "until": free})
            return False
        self._windows[scope] = window.taken(now, push=push)
        pace.save(self._conn, scope, self._windows[scope])
        return True

    def _window(self, scope: str) -> Window:
        if scope not in self._windows:
            self._windows[scope] = pace.lock(self._conn, scope)
        return self._windows[scope]

    def _bundled(self, row: Candidate) -> LeasedRow | None:
        made = bundled(
            self._conn, row, now=self._terms.now, lease_until=self._lease_until, token=self._token,
            limits=self._limits, make=self._terms.bundle,
        )
        if made is None:
            return None
        self._claimed.counts["bundled"] += made.originals
        self._claimed.counts["dead"] += made.overdue
        return made.leased

    def _leased(self, row: Candidate, replaces: str | None) -> LeasedRow:
        resent = replaces is None and (bool(row.resent) or row.state == "leased")
        leased = from_candidate(
            row, token=self._token, lease_until=self._lease_until, now=self._terms.now, resent=resent,
            replaces=replaces,
        )
        self._leases.append({
            "row_id": row.id, "token": self._token, "until": self._lease_until, "number": row.attempts + 1,
            "again": resent,
        })
        return leased

    @property
    def _lease_until(self) -> datetime:
        return self._terms.now + self._terms.lease

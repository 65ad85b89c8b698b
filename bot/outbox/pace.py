"""How fast a channel may be used: a sliding window shared in the store, and the time a channel is closed."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pydantic_core import to_json
from sqlalchemy import Connection, bindparam, case, func, literal, select

from bot.contracts import Capabilities
from bot.outbox.message import MessageClass
from bot.outbox.tables import channel_pace
from bot.store.prepared import MakeInsert, Prepared, micros
from bot.store.schema import from_micros, to_micros

WINDOW = timedelta(seconds=60)
_WINDOW_MICROS = WINDOW // timedelta(microseconds=1)


def _ensure(make: MakeInsert) -> Any:
    statement = make(channel_pace).values(scope=bindparam("scope"), recent="[]", closed_until=None)
    # An update of nothing locks the row on PostgreSQL, so that replicas take turns.
    return statement.on_conflict_do_update(
        index_elements=["scope"], set_={"scope": statement.excluded.scope}
    ).returning(channel_pace.c.recent, micros(channel_pace.c.closed_until))


def _save(make: MakeInsert) -> Any:
    values = {"scope": bindparam("scope"), "recent": bindparam("recent"), "closed_until": literal(None)}
    statement = make(channel_pace).values(values)
    return statement.on_conflict_do_update(index_elements=["scope"], set_={"recent": statement.excluded.recent})


def _close(make: MakeInsert) -> Any:
    statement = make(channel_pace).values(
        scope=bindparam("scope"), recent=literal("[]"), closed_until=bindparam("closed_until")
    )
    now, new = func.coalesce(channel_pace.c.closed_until, 0), statement.excluded.closed_until
    return statement.on_conflict_do_update(
        index_elements=["scope"], set_={"closed_until": case((now > new, now), else_=new)}
    )


_LOCK = Prepared(_ensure)
_READ = Prepared(
    lambda _: select(channel_pace.c.recent, micros(channel_pace.c.closed_until)).where(
        channel_pace.c.scope == bindparam("scope")
    )
)
_SAVE = Prepared(_save)
_CLOSE = Prepared(_close)
_CLOSED = Prepared(
    lambda _: select(micros(channel_pace.c.closed_until)).where(channel_pace.c.scope == bindparam("scope"))
)


class Budget(NamedTuple):
    """Sends a minute: of everything, and of what is pushed; None: no known limit."""

    total: int | None
    pushed: int | None


def budget_of(capabilities: Capabilities) -> Budget:
    """What a channel bears; a part of it is kept for replies and confirmations."""
    total = capabilities.sends_per_minute
    return Budget(total, None if total is None else max(1, total - capabilities.reserved_per_minute))


def is_push(message_class: int) -> bool:
    """Whether a message counts against the part that is not kept for people who wait."""
    return message_class > MessageClass.CONFIRMATION


class Window(NamedTuple):
    """The sends of the last minute, and until when nothing may be sent; in microseconds.

    A send is the instant it was made at, negative when it was a push: so both counts live in one list of numbers.
    """

    recent: Sequence[int] = ()
    closed_until: int | None = None

    def free_at(self, now: datetime, budget: Budget, *, push: bool) -> datetime:
        """When the next send may go; `now` when it may go at once."""
        at = to_micros(now)
        sends = self._inside(at)
        free = max(at, self.closed_until or 0, _free([abs(one) for one in sends], budget.total))
        if push:
            free = max(free, _free([-one for one in sends if one < 0], budget.pushed))
        return now if free <= at else from_micros(free)

    def room(self, now: datetime, budget: Budget, *, push: bool, most: int) -> int:
        """How many may go now, at the most `most`."""
        at = to_micros(now)
        if (self.closed_until or 0) > at:
            return 0
        sends = self._inside(at)
        room = most if budget.total is None else budget.total - len(sends)
        if push and budget.pushed is not None:
            room = min(room, budget.pushed - sum(one < 0 for one in sends))
        return max(0, min(most, room))

    def taken(self, now: datetime, *, push: bool) -> "Window":
        """The window after one more send."""
        at = to_micros(now)
        return Window((*self._inside(at), -at if push else at), self.closed_until)

    def _inside(self, at: int) -> Sequence[int]:
        return [one for one in self.recent if abs(one) > at - _WINDOW_MICROS]


def _free(sends: Sequence[int], limit: int | None) -> int:
    """When one more fits under a limit; the sends are ordered, oldest first."""
    if limit is None or len(sends) < limit:
        return 0
    return sends[len(sends) - max(limit, 1)] + _WINDOW_MICROS


def scope_of(adapter: str, conversation_id: int, capabilities: Capabilities) -> str:
    """Whose pace counts: the conversation's, or the whole instance's."""
    return f"{adapter}:{conversation_id}" if capabilities.pace_by_conversation else adapter


def lock(conn: Connection, scope: str) -> Window:
    """The window of a scope, held against other senders until the transaction ends."""
    # SQLite's one writer is alone already; there a row is written only when something is taken.
    row = (_READ if conn.dialect.name == "sqlite" else _LOCK).first(conn, {"scope": scope})
    return Window() if row is None else Window(json.loads(row[0]), row[1])


def save(conn: Connection, scope: str, window: Window) -> None:
    """Keep what was taken."""
    _SAVE.run(conn, {"scope": scope, "recent": to_json(window.recent).decode()})


def close(conn: Connection, scope: str, until: datetime) -> None:
    """Nothing goes out there before `until`; an end that is later already stays."""
    _CLOSE.run(conn, {"scope": scope, "closed_until": until})


def closed_until(conn: Connection, scope: str) -> datetime | None:
    """Until when a scope keeps quiet, None when it never had to."""
    row = _CLOSED.first(conn, {"scope": scope})
    return None if row is None or row[0] is None else from_micros(row[0])


def take_one(
    conn: Connection, *, adapter: str, conversation_id: int, message_class: int, capabilities: Capabilities,
    now: datetime,
) -> datetime:
    """Take room for one send if there is any: `now` when taken, else when to ask again."""
    if capabilities.sends_per_minute is None and not capabilities.pace_by_conversation:
        return now
    scope = scope_of(adapter, conversation_id, capabilities)
    window = lock(conn, scope)
    push = is_push(message_class)
    free = window.free_at(now, budget_of(capabilities), push=push)
    if free <= now:
        save(conn, scope, window.taken(now, push=push))
    return free

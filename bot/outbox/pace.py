"""The pace of each channel: how many messages went out in the last minute, kept in the store for all processes."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select

from bot.contracts import Capabilities
from bot.outbox.message import MessageClass
from bot.outbox.tables import channel_pace
from bot.store.prepared import MakeInsert, Prepared, micros
from bot.store.schema import from_micros, to_micros

WINDOW = timedelta(seconds=60)
_RESERVED_FROM = MessageClass.ALERT
"""Classes from here on leave the reserved share to replies and confirmations."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Where a message is counted, and how many may go out in a minute."""

    scope: str
    limit: int | None


def pace_of(capabilities: Capabilities, *, adapter: str, conversation_id: int, message_class: int) -> Pace:
    """The count a message belongs to."""
    scope = f"{adapter}/{conversation_id}" if capabilities.pace_by_conversation else adapter
    limit = capabilities.sends_per_minute
    if limit is not None and message_class >= _RESERVED_FROM:
        limit = max(1, limit - capabilities.reserved_per_minute)
    return Pace(scope, limit)


_READ = Prepared(
    lambda _: select(channel_pace.c.recent, micros(channel_pace.c.closed_until)).where(
        channel_pace.c.scope == bindparam("scope")
    )
)


def _upsert(make: MakeInsert) -> Any:
    statement = make(channel_pace).values(
        scope=bindparam("scope"), recent=bindparam("recent"), closed_until=bindparam("closed_until")
    )
    excluded = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["scope"], set_={"recent": excluded.recent, "closed_until": excluded.closed_until}
    )


_WRITE = Prepared(_upsert)


def take(conn: Connection, pace: Pace, now: datetime) -> datetime | None:
    """Count one message; None when it may go out now, else the instant from which it may."""
    if pace.limit is None:
        return None
    recent, closed_until = _recent(conn, pace.scope)
    oldest = to_micros(now - WINDOW)
    recent = [at for at in recent if at > oldest]
    if len(recent) >= pace.limit:
        return from_micros(recent[-pace.limit]) + WINDOW
    recent.append(to_micros(now))
    _WRITE.run(conn, {"scope": pace.scope, "recent": json.dumps(recent), "closed_until": closed_until})
    return None


def close_channel(conn: Connection, adapter: str, until: datetime) -> None:
    """Keep a whole adapter instance quiet until an instant; a later closing is not shortened."""
    recent, closed_until = _recent(conn, adapter)
    if closed_until is None or closed_until < until:
        _WRITE.run(conn, {"scope": adapter, "recent": json.dumps(recent), "closed_until": until})


def _recent(conn: Connection, scope: str) -> tuple[list[int], datetime | None]:
    row = _READ.first(conn, {"scope": scope})
    if row is None:
        return [], None
    return json.loads(row[0]), None if row[1] is None else from_micros(row[1])

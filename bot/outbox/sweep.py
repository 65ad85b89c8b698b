"""What nobody claims still grows too old: messages behind closed channels and broken conversations."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, literal, null, update

from bot.outbox.claim import Terms
from bot.outbox.policy import MAX_AGE, overdue
from bot.outbox.tables import outbox
from bot.store.prepared import Prepared

_MOMENT = timedelta(microseconds=1)


def _bury(_: object) -> Any:
    return (
        update(outbox)
        .where(
            outbox.c.finished_at.is_(None), outbox.c.adapter == bindparam("of_adapter"),
            outbox.c.message_class == bindparam("kind"), outbox.c.due_at < bindparam("oldest"),
            outbox.c.created_at < bindparam("oldest"), outbox.c.state == "ready",
        )
        .values(state=literal("dead"), finished_at=bindparam("at"), lease_token=null(), error=bindparam("why"))
    )


_BURY = Prepared(_bury)


def bury_overdue(conn: Connection, adapters: Iterable[str], terms: Terms) -> int:
    """Declare dead what waits and is too old for its class; how many. Looks at open rows only."""
    return sum(_bury_class(conn, adapter, int(kind), terms) for adapter in adapters for kind in MAX_AGE)


def _bury_class(conn: Connection, adapter: str, kind: int, terms: Terms) -> int:
    limits = terms.limits_of(adapter)
    allowed = limits.max_age.get(kind, MAX_AGE[kind])
    oldest = terms.now - allowed
    if terms.counted_from(kind, oldest - _MOMENT) >= oldest:
        return 0  # the service has not run for long enough for any to be too old
    why = overdue(kind, oldest - _MOMENT, at=terms.now, limits=limits)
    return _BURY.run(conn, {"of_adapter": adapter, "kind": kind, "oldest": oldest, "at": terms.now, "why": why})

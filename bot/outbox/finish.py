"""Finishing: one commit for each message, straight after its own answer, refused to whoever lost the lease."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection, bindparam, exists, literal, null, select, update

from bot.contracts import Capabilities
from bot.outbox import pace
from bot.outbox.attempts import record_attempt, record_late_finish
from bot.outbox.leased import LeasedRow
from bot.outbox.policy import Verdict
from bot.outbox.tables import outbox
from bot.people.tables import conversation
from bot.store.prepared import Prepared

MAX_ERROR_CHARACTERS = 2_000


class BrokenHook(Protocol):
    """Told, inside the transaction, that a conversation can no longer be reached, and why."""

    def __call__(self, conn: Connection, why: str, *, conversation_id: int, row_id: int) -> None:
        """`row_id` is the message that found it out."""


class Finished(NamedTuple):
    """Whether the row was still ours, and whether others wait behind it."""

    ours: bool
    followers: bool


def _finish(_: object) -> Any:
    behind = outbox.alias()
    followers = exists().where(
        behind.c.conversation_id == bindparam("place"), behind.c.queue == bindparam("in_queue"),
        behind.c.finished_at.is_(None), behind.c.id != bindparam("row_id"),
    )
    names = (
        "state", "available_at", "backoff", "uncertain", "resent", "finished_at", "sent_at", "provider_ref", "editable",
        "error",
    )
    return (
        update(outbox)
        .where(outbox.c.id == bindparam("row_id"), outbox.c.lease_token == bindparam("token"))
        .values({name: bindparam(f"new_{name}") for name in names} | {"lease_token": null()})
        .returning(select(followers).scalar_subquery())
    )


_FINISH = Prepared(_finish)
_MINE = (outbox.c.id == bindparam("row_id"), outbox.c.lease_token == bindparam("token"))
_GIVE_BACK = Prepared(
    lambda _: update(outbox).where(*_MINE).values(
        state=literal("ready"), lease_token=null(), available_at=bindparam("at"), attempts=outbox.c.attempts - 1
    )
)
_RENEW = Prepared(lambda _: update(outbox).where(*_MINE).values(available_at=bindparam("until")))
_DROP_ROUTE = Prepared(
    lambda _: update(outbox).where(outbox.c.id == bindparam("row_id")).values(route_url=null(), route_expires_at=null())
)
_DROP_LAST_ROUTE = Prepared(
    lambda _: update(conversation)
    .where(conversation.c.id == bindparam("place"), conversation.c.route_url == bindparam("url"))
    .values(route_url=null(), route_expires_at=null())
)
_BREAK = Prepared(
    lambda _: update(conversation)
    .where(conversation.c.id == bindparam("place"), conversation.c.broken.is_(None))
    .values(broken=bindparam("why"))
)


def finish(
    conn: Connection, row: LeasedRow, verdict: Verdict, *, started: datetime, now: datetime, capabilities: Capabilities,
    on_broken: BrokenHook | None = None,
) -> Finished:
    """Write what became of an attempt; changes nothing but the attempt's record when the lease was lost."""
    done = verdict.state != "ready"
    found = _FINISH.first(conn, {
        "row_id": row.id, "token": row.token, "place": row.conversation_id, "in_queue": row.queue,
        "new_state": verdict.state,
        "new_available_at": verdict.available_at or now,
        "new_backoff": verdict.backoff,
        "new_uncertain": verdict.uncertain,
        "new_resent": verdict.resent or row.message.resent,
        "new_finished_at": now if done else None,
        "new_sent_at": now if verdict.state == "sent" else None,
        "new_provider_ref": verdict.provider_ref,
        "new_editable": verdict.editable or None,
        "new_error": verdict.reason[:MAX_ERROR_CHARACTERS] if verdict.reason else None,
    })
    if found is None:
        record_late_finish(conn, row.id, row.message.attempt, started=started, ended=now, outcome=verdict.outcome)
        return Finished(ours=False, followers=False)
    record_attempt(
        conn, row.id, row.message.attempt, started=started, ended=now, outcome=verdict.outcome, code=verdict.code,
        reason=verdict.reason,
    )
    if verdict.state != "sent":
        _consequences(conn, row, verdict, now=now, capabilities=capabilities, on_broken=on_broken)
    return Finished(ours=True, followers=bool(found[0]))


def give_back(conn: Connection, row: LeasedRow, now: datetime) -> None:
    """Let somebody else send what was not begun; the attempt does not count."""
    _GIVE_BACK.run(conn, {"row_id": row.id, "token": row.token, "at": now})


def renew(conn: Connection, rows: Iterable[LeasedRow], until: datetime) -> None:
    """Keep what is still being sent."""
    _RENEW.many(conn, [{"row_id": row.id, "token": row.token, "until": until} for row in rows])


def _consequences(
    conn: Connection, row: LeasedRow, verdict: Verdict, *, now: datetime, capabilities: Capabilities,
    on_broken: BrokenHook | None,
) -> None:
    place, route = {"place": row.conversation_id}, row.message.reply_route
    if verdict.drop_route and route is not None:
        _DROP_ROUTE.run(conn, {"row_id": row.id})
        _DROP_LAST_ROUTE.run(conn, place | {"url": route.url})
    if verdict.broken:
        why = (verdict.reason or "refused")[:MAX_ERROR_CHARACTERS]
        found_out = _BREAK.run(conn, place | {"why": why}) > 0
        if found_out and on_broken is not None:
            on_broken(conn, why, conversation_id=row.conversation_id, row_id=row.id)
    if verdict.close_for is not None:
        pace.close(conn, row.message.conversation.adapter, now + verdict.close_for)
    elif verdict.slow_for is not None:
        scope = pace.scope_of(row.message.conversation.adapter, row.conversation_id, capabilities)
        pace.close(conn, scope, now + verdict.slow_for)

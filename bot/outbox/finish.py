"""Finishing: one commit for each message, straight after its own answer, refused to whoever lost the lease."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, literal, null, select, update

from bot.contracts import DeliveryOutcome, Refused, Retry, Sent, Uncertain
from bot.outbox import pace
from bot.outbox.attempts import record_attempt
from bot.outbox.claim import LeasedRow
from bot.outbox.enqueue import TOPIC
from bot.outbox.policy import Again, Dead, Delivered, Next
from bot.outbox.tables import outbox
from bot.people.tables import conversation
from bot.store import announce
from bot.store.prepared import Prepared

_NAMES = {Sent: "sent", Retry: "retry", Uncertain: "uncertain", Refused: "refused"}

_MINE = (outbox.c.id == bindparam("row_id"), outbox.c.lease_token == bindparam("token"))
_SENT = Prepared(
    lambda _: update(outbox).where(*_MINE).values(
        state=literal("sent"), finished_at=bindparam("at"), sent_at=bindparam("at"), lease_token=null(),
        provider_ref=bindparam("ref"), error=null(),
    )
)
_MORE = Prepared(
    lambda _: select(exists().where(
        outbox.c.conversation_id == bindparam("conversation_id"), outbox.c.queue == bindparam("queue"),
        outbox.c.finished_at.is_(None),
    ))
)


def finish(
    conn: Connection, row: LeasedRow, outcome: DeliveryOutcome, what_next: Next, *, started: datetime, now: datetime
) -> bool:
    """Write the outcome and the attempt; False when the row is no longer ours (`late_finish`)."""
    name = _NAMES[type(outcome)]
    mine = _write(conn, row, what_next, now)
    reason = None if isinstance(outcome, Sent) else outcome.reason
    code = outcome.code if isinstance(outcome, Retry | Refused) else None
    record_attempt(
        conn, row.id, row.message.attempt, started=started, ended=now, outcome=name if mine else "late_finish",
        code=code, reason=reason,
    )
    if not mine:
        return False
    if isinstance(outcome, Retry) and outcome.close_channel_for is not None:
        pace.close_channel(conn, row.message.conversation.adapter, now + outcome.close_channel_for)
    if isinstance(outcome, Refused) and outcome.destination_broken:
        place = conversation.c.id == row.conversation_id
        conn.execute(update(conversation).where(place).values(broken=outcome.reason[:500]))
    if (_MORE.first(conn, {"conversation_id": row.conversation_id, "queue": row.queue}) or (False,))[0]:
        announce(conn, TOPIC)
    return True


def _write(conn: Connection, row: LeasedRow, what_next: Next, now: datetime) -> bool:
    if isinstance(what_next, Delivered):
        return _SENT.run(conn, {"row_id": row.id, "token": row.token, "at": now, "ref": what_next.provider_ref}) > 0
    mine = update(outbox).where(outbox.c.id == row.id, outbox.c.lease_token == row.token)
    if isinstance(what_next, Dead):
        dead = {"state": "dead", "finished_at": now, "lease_token": None, "error": what_next.reason[:2_000]}
        done = conn.execute(mine.values(dead))
        return done.rowcount > 0
    return _again(conn, row, what_next)


def _again(conn: Connection, row: LeasedRow, again: Again) -> bool:
    values: dict[str, object] = {
        "state": "ready", "lease_token": None, "available_at": again.at, "backoff": again.backoff,
        "uncertain": row.uncertain + again.uncertain, "resent": row.message.resent or again.uncertain,
    }
    if again.without_route:
        values |= {"route_url": None, "route_expires_at": None}
        gone = row.message.reply_route
        conn.execute(
            update(conversation)
            .where(conversation.c.id == row.conversation_id, conversation.c.route_url == (gone.url if gone else None))
            .values(route_url=None, route_expires_at=None)
        )
    mine = update(outbox).where(outbox.c.id == row.id, outbox.c.lease_token == row.token)
    return conn.execute(mine.values(values)).rowcount > 0

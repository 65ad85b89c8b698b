"""The transaction that closes a message: its end, its answers in the outbox, and the one that comes next."""

import logging

from sqlalchemy import Connection

from bot.inbox import leases
from bot.inbox.item import Closing, Fallback, InboxItem
from bot.inbox.leases import Terms
from bot.inbox.receive import TOPIC
from bot.inbox.straight import Closed, Leased
from bot.outbox import OutgoingMessage, StraightOut
from bot.store import announce

log = logging.getLogger(__name__)


def close(
    conn: Connection, leased: Leased, answer: Closing, sender: StraightOut, *, terms: Terms, go_on: bool
) -> Closed:
    """Close a message together with its answers; with `go_on` the next one of its conversation is leased."""
    followers = leases.finish(conn, leased, answer.outcome, terms.now)
    if followers is None:
        return Closed(ours=False)
    handovers = [sender.enqueue_straight(conn, message, terms.now) for message in answer.apply(conn)]
    # Where others write meanwhile, all who wait are seen only now: the answer has locked the conversation's row.
    look = followers or conn.dialect.name != "sqlite"
    following = _following(conn, leased, terms, go_on) if look else None
    return Closed(True, tuple([one for one in handovers if one is not None]), following)


def give_up(
    conn: Connection, leased: Leased, why: str, apology: OutgoingMessage | None, sender: StraightOut, *, terms: Terms,
    go_on: bool,
) -> Closed:  # fmt: skip
    """Close a message nobody could answer, together with the apology for it."""
    if not leases.give_up(conn, leased, why=why, now=terms.now):
        return Closed(ours=False)
    handover = None if apology is None else sender.enqueue_straight(conn, apology, terms.now)
    return Closed(True, () if handover is None else (handover,), _following(conn, leased, terms, go_on))


def apology_for(item: InboxItem, fallback: Fallback) -> OutgoingMessage | None:
    """What is said when a message cannot be answered; None where nobody waits, or where even that fails."""
    try:
        return fallback(item)
    except Exception:  # the message must be closed all the same, or its conversation would stand still for ever
        log.exception("inbox: no apology for message %d", item.id)
        return None


def _following(conn: Connection, leased: Leased, terms: Terms, go_on: bool) -> Leased | None:
    if go_on:
        return leases.claim_next(conn, leased.item.conversation_id, terms)
    announce(conn, TOPIC)  # we are stopping: another process may go on with the conversation
    return None

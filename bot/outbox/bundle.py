"""Several alerts that wait for one conversation become one message; after an outage nothing pours out."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from bot.contracts import Card
from bot.outbox.claim import crowded
from bot.outbox.enqueue import enqueue
from bot.outbox.message import MessageClass, OutgoingMessage, cards_from_json
from bot.outbox.tables import outbox

LEAST = 3
"""From so many waiting messages on they are bundled."""

Bundle = Callable[[Sequence[tuple[Card, ...]], str], tuple[Card, ...]]
"""The cards of the waiting messages, oldest first, and a language, become the cards of one message."""


def plain_bundle(waiting: Sequence[tuple[Card, ...]], language: str) -> tuple[Card, ...]:  # noqa: ARG001
    """The newest card, under it the titles of the others."""
    newest = waiting[-1][0]
    others = tuple(cards[0].title for cards in waiting[:-1] if cards[0].title)
    return (newest.model_copy(update={"text": (*newest.text, *others)}),)


def bundle_waiting(conn: Connection, *, adapters: Collection[str], now: datetime, make: Bundle) -> int:
    """Put what waits for crowded conversations together; the originals are closed as `bundled`. Returns how many."""
    return sum(_bundle(conn, place, now, make) for place in crowded(conn, adapters=adapters, now=now, least=LEAST))


def _bundle(conn: Connection, conversation_id: int, now: datetime, make: Bundle) -> int:
    rows = conn.execute(
        select(outbox)
        .where(
            outbox.c.conversation_id == conversation_id, outbox.c.queue == "push", outbox.c.finished_at.is_(None),
            outbox.c.state == "ready", outbox.c.attempts == 0, outbox.c.available_at <= now,
            outbox.c.message_class.in_((MessageClass.ALERT, MessageClass.DIGEST)),
        )
        .order_by(outbox.c.seq)
        .with_for_update()
    ).all()
    if len(rows) < LEAST:
        return 0
    key = f"bundle:{rows[0].id}:{rows[-1].id}"
    language = rows[-1].language
    enqueue(conn, OutgoingMessage(
        conversation_id=conversation_id, queue="push", message_class=min(row.message_class for row in rows),
        dedup_key=key, cards=make([cards_from_json(row.cards) for row in rows], language), language=language,
    ), now)
    conn.execute(
        update(outbox)
        .where(outbox.c.id.in_([row.id for row in rows]))
        .values(state="bundled", finished_at=now, error=key)
    )
    return len(rows)

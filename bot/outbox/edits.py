"""Changing messages in place: one that waits gets other words, one that was sent is followed by an edit."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, or_, select, update

from bot.contracts import Card
from bot.outbox.enqueue import TOPIC, insert_row, new_row, take_place
from bot.outbox.message import MessageClass, OutgoingMessage, QueueName, cards_from_json, cards_to_json
from bot.outbox.tables import outbox
from bot.store import announce

_WANTED = (
    outbox.c.id, outbox.c.conversation_id, outbox.c.queue, outbox.c.state, outbox.c.editable, outbox.c.language,
    outbox.c.cards, outbox.c.bundle_id,
)
_SURELY_UNSEEN = and_(outbox.c.state == "ready", outbox.c.uncertain == 0, outbox.c.resent.is_(False))


def edit(conn: Connection, row_id: int, cards: Sequence[Card], *, now: datetime, seen: bool = False) -> None:
    """Have a message show other cards from now on, in the caller's transaction; says nothing new where none can.

    An edit stands in the queue of its message, behind it. One that waits already says the new thing instead. With
    `seen` only a message that was sent is changed.
    """
    row = _standing(conn, row_id)
    if row is None or (seen and row.state != "sent") or _worded_anew(conn, row, cards):
        return
    if row.state not in ("ready", "leased") and not (row.state == "sent" and row.editable):
        return
    if not _superseded(conn, row, cards, now):
        _enqueue(conn, row, cards, now)


def original_of(conn: Connection, row_id: int) -> str | None:
    """The platform's own id of a message that was sent and can be changed in place; None for every other."""
    wanted = select(outbox.c.provider_ref).where(outbox.c.id == row_id, outbox.c.editable.is_(True))
    found: str | None = conn.execute(wanted).scalar()
    return found


def _standing(conn: Connection, row_id: int) -> Any:
    """The row by which a message reaches people: itself, the one it was sent again as, a bundle that says the same."""
    row = conn.execute(select(*_WANTED).where(outbox.c.id == row_id)).first()
    while row is not None and row.state in ("dead", "dropped", "bundled"):
        after = outbox.c.replay_of == row.id
        if row.bundle_id is not None:
            after = or_(after, and_(outbox.c.id == row.bundle_id, outbox.c.cards == row.cards))
        row = conn.execute(select(*_WANTED).where(after).order_by(outbox.c.id.desc()).limit(1)).first()
    return row


def _worded_anew(conn: Connection, row: Any, cards: Sequence[Card]) -> bool:
    """Whether the message itself could be given the new words, because surely nobody has it; its files stay."""
    if row.state != "ready":
        return False
    files = cards_from_json(row.cards)[0].files
    worded = cards_to_json((cards[0].model_copy(update={"files": files}), *cards[1:]))
    changed = update(outbox).where(outbox.c.id == row.id, _SURELY_UNSEEN).values(cards=worded)
    return conn.execute(changed).rowcount > 0


def _superseded(conn: Connection, row: Any, cards: Sequence[Card], now: datetime) -> bool:
    waiting = (
        outbox.c.conversation_id == row.conversation_id, outbox.c.queue == row.queue, outbox.c.finished_at.is_(None),
        outbox.c.edit_of == row.id, outbox.c.state == "ready",
    )
    values = {"cards": cards_to_json(tuple(cards)), "due_at": now}
    return conn.execute(update(outbox).where(*waiting).values(values)).rowcount > 0


def _enqueue(conn: Connection, row: Any, cards: Sequence[Card], now: datetime) -> None:
    queue: QueueName = "reply" if row.queue == "reply" else "push"
    place = take_place(conn, row.conversation_id, queue)
    message = OutgoingMessage(
        conversation_id=row.conversation_id, queue=queue, message_class=MessageClass.EDIT, cards=tuple(cards),
        dedup_key=f"edit:{row.id}:{place.seq}", language=row.language,
    )
    made = insert_row(conn, new_row(message, place, now))
    conn.execute(update(outbox).where(outbox.c.id == made).values(edit_of=row.id))
    announce(conn, TOPIC)

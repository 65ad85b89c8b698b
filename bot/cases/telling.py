"""A request is passed to the desk in the transaction that keeps it, and it is known who was told and when."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from bot.cases.cards import desk_card
from bot.cases.desk import Desk
from bot.cases.model import RequestState, Told
from bot.cases.readers import DeskReader, desk_readers, meet_staff
from bot.cases.service import Opened, key_of
from bot.cases.tables import request, request_notice
from bot.outbox import MessageClass, OutgoingMessage, enqueue
from bot.outbox.tables import outbox
from bot.store.schema import insert
from bot.wording import Words

NotePush = Callable[[Connection, int, str, datetime], None]
"""Tells a conversation's memory what was pushed, so that "who?" or "resolve it" is understood there."""
_bundle = outbox.alias("bundle")


def tell_desk(conn: Connection, opened: Opened, desk: Desk, *, now: datetime, note: NotePush | None) -> tuple[str, ...]:
    """Enqueue the request for everybody of the desk; returns whom. What adds no number to it is not told again."""
    if not (opened.created or opened.grown):
        return ()
    view = opened.request
    meet_staff(conn, desk, now)
    readers = desk_readers(conn, desk, partner_id=view.partner_id, not_here=view.conversation_id, now=now)
    for reader in readers:
        _tell(conn, opened, reader, now=now, note=note)
    return tuple(reader.name for reader in readers)


def told_of(conn: Connection, ref: str) -> tuple[Told, ...]:
    """Who was told of a request, the first first."""
    sent_at = func.coalesce(outbox.c.sent_at, _bundle.c.sent_at)
    state = func.coalesce(_bundle.c.state, outbox.c.state)
    rows = conn.execute(
        select(request_notice.c.name, sent_at, state)
        .select_from(
            request_notice.outerjoin(outbox, outbox.c.id == request_notice.c.outbox_id)
            .outerjoin(_bundle, _bundle.c.id == outbox.c.bundle_id)
        )
        .where(request_notice.c.request_id == key_of(ref))
        .order_by(request_notice.c.at, request_notice.c.conversation_id)
    ).all()  # fmt: skip
    return tuple(Told(name, at, state in ("dead", "dropped")) for name, at, state in rows)


def recheck_request(conn: Connection, row: Row[Any]) -> str | None:
    """For `outbox replay`: why the desk need not be told any more; None when it must, and for other messages."""
    state = conn.execute(
        select(request.c.id, request.c.state).join(request_notice, request_notice.c.request_id == request.c.id)
        .where(request_notice.c.outbox_id.in_([row.id, row.replay_of or row.id]))
    ).first()
    return f"C-{state.id} is closed" if state is not None and state.state == RequestState.CLOSED else None


def untold(conn: Connection) -> int:
    """How many open requests nobody of the desk was told of; costs what is open."""
    told = select(request_notice.c.request_id).where(request_notice.c.request_id == request.c.id)
    waiting = select(func.count()).where(request.c.state == RequestState.OPEN, ~told.exists())
    return int(conn.execute(waiting).scalar_one())


def _tell(conn: Connection, opened: Opened, reader: DeskReader, *, now: datetime, note: NotePush | None) -> None:
    view = opened.request
    cards = tuple(
        desk_card(Words(language, reader.zone, now), opened, with_words=not reader.partner_listens)
        for language in reader.languages
    )
    message = OutgoingMessage(
        conversation_id=reader.conversation_id, queue="push", message_class=MessageClass.ALERT, cards=cards,
        dedup_key=f"case:{view.ref}:{len(view.about)}:{reader.conversation_id}", language=reader.languages[0],
    )  # fmt: skip
    values = {
        "request_id": key_of(view.ref), "conversation_id": reader.conversation_id, "name": reader.name,
        "outbox_id": enqueue(conn, message, now), "at": now,
    }  # fmt: skip
    conn.execute(insert(conn, request_notice).values(values).on_conflict_do_nothing())
    if note is not None:
        note(conn, reader.conversation_id, f"{cards[0].title} [{view.ref}] {' '.join(view.about[:5])}".strip(), now)

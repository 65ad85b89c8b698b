"""Who reads in a place where several people talk: one partner's people, our own, or nobody has said.

What counts for a thread is kept with the channel it stands in.
"""

from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, select, update

from bot.contracts import ConversationAddress, ConversationKind
from bot.people.tables import conversation
from bot.store.schema import insert


class Readers(NamedTuple):
    """Whose people read in a place."""

    partner_id: int | None = None
    staff: bool = False
    """An operator said that only our own people do."""


NOBODY_SAID: Final = Readers()


def is_shared(address: ConversationAddress) -> bool:
    """Whether others read along; a thread that stands in no channel is a talk with one person (mail)."""
    return address.kind is ConversationKind.GROUP or bool(address.within)


def readers_in(conn: Connection, address: ConversationAddress) -> Readers:
    """What is known of the readers of a shared place."""
    row = conn.execute(select(conversation.c.partner_id, conversation.c.staff).where(*_is(address))).first()
    return Readers() if row is None else Readers(row.partner_id, bool(row.staff))


def note_reader(conn: Connection, address: ConversationAddress, partner_id: int | None, now: datetime) -> int | None:
    """Somebody who is not our own staff reads there: it belongs to whose people came first. Returns the partner."""
    _make(conn, address, now)
    conn.execute(update(conversation).where(*_is(address)).values(staff=None))
    if partner_id is not None:
        unowned = update(conversation).where(*_is(address), conversation.c.partner_id.is_(None))
        conn.execute(unowned.values(partner_id=partner_id))
    return readers_in(conn, address).partner_id


def register_staff(conn: Connection, address: ConversationAddress, now: datetime) -> bool:
    """Only our own people read there, says an operator; False where a partner's people do."""
    _make(conn, address, now)
    free = update(conversation).where(*_is(address), conversation.c.partner_id.is_(None))
    return conn.execute(free.values(staff=True)).rowcount == 1


def unregister(conn: Connection, address: ConversationAddress) -> None:
    """Nobody has said who reads there any more; what belongs to a partner goes on belonging to it."""
    conn.execute(update(conversation).where(*_is(address)).values(staff=None))


def _is(address: ConversationAddress) -> tuple[ColumnElement[bool], ...]:
    name = address.within or address.external_id
    return conversation.c.adapter == address.adapter, conversation.c.external_id == name


def _make(conn: Connection, address: ConversationAddress, now: datetime) -> None:
    """A channel of which only threads are known is made, so that there is somewhere to keep it."""
    if address.within:
        values = {"adapter": address.adapter, "external_id": address.within, "kind": ConversationKind.GROUP,
                  "created_at": now}  # fmt: skip
        conn.execute(insert(conn, conversation).values(values).on_conflict_do_nothing())

"""Messages that were sent, as a channel can be asked about them; what was taken back is marked as such. Units."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, or_, select, update

from bot.contracts import ConversationAddress, ConversationKind, Delivered
from bot.errors import NotFound
from bot.outbox.admin import NotPossible, reference_of
from bot.outbox.tables import outbox
from bot.people.tables import conversation


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message the platform took and can be asked about."""

    row_id: int
    delivered: Delivered

    @property
    def reference(self) -> str:
        """How people name it."""
        return reference_of(self.row_id)


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A message that was sent, for which the channel gave no name to ask by."""

    row_id: int
    adapter: str
    conversation: str


def sent_messages(conn: Connection, row_ids: Collection[int]) -> Sequence[SentMessage | Unnamed]:
    """Those of the messages that went out, also inside another one that bundles several."""
    bundles = select(outbox.c.bundle_id).where(outbox.c.id.in_(row_ids), outbox.c.bundle_id.is_not(None))
    wanted = _sent().where(or_(outbox.c.id.in_(row_ids), outbox.c.id.in_(bundles))).order_by(outbox.c.id)
    return [_named(row) for row in conn.execute(wanted)]


def to_recall(conn: Connection, row_ids: Sequence[int]) -> Sequence[SentMessage]:
    """The messages, when each of them can be taken back. Raises `NotFound`, `NotPossible`.

    What went to several persons in one call is taken back from all of them, so all of them have to be meant.
    """
    found = [_recallable(conn, row_id) for row_id in dict.fromkeys(row_ids)]
    for one in found:
        others = sorted(set(_of_one_call(conn, one)) - set(row_ids))
        if others:
            names = " ".join(map(reference_of, [*row_ids, *others]))
            raise NotPossible(f"{one.reference} went out in one call with others and is taken back only with them; "
                              f"name them all: {names}")
    return found


def mark_recalled(conn: Connection, messages: Iterable[SentMessage], now: datetime) -> None:
    """Note that people have the messages no longer, edits of them included: nothing changes them in place any more."""
    why = f"taken back by an administrator at {now:%Y-%m-%d %H:%M} UTC"
    for one in messages:
        conn.execute(update(outbox).where(*_same(one)).values(error=why, provider_ref=None, editable=None))


def _recallable(conn: Connection, row_id: int) -> SentMessage:
    state = conn.execute(select(outbox.c.state).where(outbox.c.id == row_id)).scalar()
    if state is None:
        raise NotFound(f"there is no message {reference_of(row_id)}; see: parcelbridge outbox list")
    if state != "sent":
        raise NotPossible(f"{reference_of(row_id)} is {state}; only a message that was sent can be taken back")
    named = _named(conn.execute(_sent().where(outbox.c.id == row_id)).one())
    if isinstance(named, Unnamed):
        raise NotPossible(f"{named_by(named)}, or was taken back before")
    return named


def named_by(one: Unnamed) -> str:
    """Why the channel cannot be asked about a message."""
    return f"{reference_of(one.row_id)} went out over a way that gives no name to ask by (a session, a custom robot)"


def _of_one_call(conn: Connection, one: SentMessage) -> Sequence[int]:
    """Keys of the messages to other conversations that have the same name there."""
    here = select(outbox.c.conversation_id).where(outbox.c.id == one.row_id).scalar_subquery()
    return conn.execute(select(outbox.c.id).where(*_same(one), outbox.c.conversation_id != here)).scalars().all()


def _same(one: SentMessage) -> tuple[ColumnElement[bool], ...]:
    """Rows the channel knows by the same name."""
    named = one.delivered
    return outbox.c.provider_ref == named.provider_ref, outbox.c.adapter == named.conversation.adapter


def _sent() -> Any:
    columns = (outbox.c.id, outbox.c.adapter, outbox.c.provider_ref, conversation.c.external_id, conversation.c.kind,
               conversation.c.title)
    return select(*columns).join_from(outbox, conversation).where(outbox.c.state == "sent")


def _named(row: Row[Any]) -> SentMessage | Unnamed:
    if row.provider_ref is None:
        return Unnamed(row.id, row.adapter, row.title or row.external_id)
    place = ConversationAddress(
        adapter=row.adapter, external_id=row.external_id, kind=ConversationKind(row.kind), title=row.title
    )
    return SentMessage(row.id, Delivered(place, row.provider_ref))

"""Putting an alert into the outbox, and remembering that it was told. All in the caller's transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from bot.alerts.cards import Change, alert_card, clear_card, retired_card
from bot.alerts.cover import EPISODES
from bot.alerts.model import AlertView
from bot.alerts.picture import Picture
from bot.alerts.readers import Reader
from bot.alerts.shown import shown_by
from bot.alerts.stands import Stand
from bot.alerts.tables import alert, alert_delivery, alert_message
from bot.alerts.verdict import Known, Verdict
from bot.contracts import Card
from bot.delays import Severity
from bot.delays.severity import ORDER
from bot.outbox import MessageClass, OutgoingMessage, enqueue
from bot.outbox.edits import edit
from bot.store.schema import insert
from bot.wording import Words

NotePush = Callable[[Connection, int, str, datetime], None]
"""Tells the conversation's memory what was pushed, so that a bare "noted" is understood."""


@dataclass(frozen=True, slots=True)
class Saying:
    """What one conversation is told of one group."""

    picture: Picture
    reader: Reader
    verdict: Verdict
    view: AlertView
    known: Known | None
    change: Change | None = None

    def card(self, words: Words) -> Card:
        """In the words of one language."""
        if self.verdict is Verdict.CLEAR:
            return clear_card(words, self.view)
        return alert_card(words, self.view, change=self.change)


def known_of(conn: Connection, group_id: int) -> dict[int, Known]:
    """What each conversation was told of a group last."""
    rows = conn.execute(select(alert_delivery).where(alert_delivery.c.group_id == group_id))
    return {row.conversation_id: Known(row.open_count, Severity(row.severity), row.over, row) for row in rows}


def saying(picture: Picture, reader: Reader, verdict: Verdict, *, known: Known | None, stand: Stand) -> Saying:
    """Everything a message needs."""
    view = picture.view(reader.cover)
    if stand.acked and verdict is Verdict.ALERT:
        view = replace(view, acked_by=stand.acked_by, acked_at=stand.acked_at, acked_until=stand.acked_until)
    going_on = known is not None and not known.over and verdict is Verdict.ALERT
    change = _change(picture, reader, known, view) if going_on and known is not None else None
    if change is None and view.acked_by is not None:
        view = replace(view, acked_by=None, acked_at=None)
    return Saying(picture, reader, verdict, view, known, change)


def _change(picture: Picture, reader: Reader, known: Known, view: AlertView) -> Change:
    moved = view.open_count - known.open_count
    new = max(0, moved)
    if not picture.group.of_linehaul:
        new = picture.conn.execute(
            select(func.count()).where(
                alert.c.group_id == picture.group.id, alert.c.state == "firing", alert.c.fired_at > known.row.told_at,
                reader.cover.clause(EPISODES),
            )
        ).scalar_one()  # fmt: skip
    return Change(new, max(0, new - moved), ORDER[view.severity] > ORDER[known.severity])


def send(
    conn: Connection,
    reader: Reader,
    cards: Sequence[Card],
    *,
    key: str,
    now: datetime,
    note: NotePush | None,
    about: str,
) -> int | None:
    """Enqueue one message; None when the same was enqueued before."""
    row_id = enqueue(
        conn,
        OutgoingMessage(
            conversation_id=reader.conversation_id, queue="push", message_class=MessageClass.ALERT, dedup_key=key,
            cards=tuple(cards), language=reader.languages[0],
        ),
        now,
    )  # fmt: skip
    if row_id is not None and note is not None:
        note(conn, reader.conversation_id, f"{cards[0].title} {about}".strip(), now)
    return row_id


def words_for(reader: Reader, now: datetime) -> tuple[Words, ...]:
    """One for each language of the conversation."""
    return tuple(Words(language, reader.zone, now) for language in reader.languages)


def about(view: AlertView) -> str:
    """By what names a follow-up may mean this: the reference and the linehaul."""
    return f"[{view.ref}] {view.linehaul_number or ''}".strip()


def _retire_card(conn: Connection, said: Saying, now: datetime) -> None:
    """The card before the newest says no more than that there is a newer one."""
    card_id = said.known.row.card_id if said.known is not None else None
    if card_id is not None:
        cards = [retired_card(words, said.view) for words in words_for(said.reader, now)]
        edit(conn, card_id, cards, now=now, seen=True)


def record(
    conn: Connection, said: Saying, *, flush_number: int, kind: str, outbox_id: int | None, now: datetime
) -> None:
    """Remember what the conversation knows now."""
    group_id, conversation_id = said.picture.group.id, said.reader.conversation_id
    told: dict[str, Any] = {
        "told_at": now, "open_count": said.view.open_count, "severity": said.view.severity.value,
        "over": said.verdict is Verdict.CLEAR,
    }  # fmt: skip
    if kind == Verdict.ALERT:  # a message about this alone: it will be kept true
        told |= {"card_id": outbox_id, "shown": shown_by(said.view).to_json()}
        _retire_card(conn, said, now)
    values = {"group_id": group_id, "conversation_id": conversation_id, **told}
    conn.execute(
        insert(conn, alert_delivery).values(values)
        .on_conflict_do_update(index_elements=["group_id", "conversation_id"], set_=told)
    )  # fmt: skip
    conn.execute(alert_message.insert(), {
        "group_id": group_id, "conversation_id": conversation_id, "flush_number": flush_number, "kind": kind,
        "open_count": said.view.open_count, "outbox_id": outbox_id, "at": now,
    })  # fmt: skip

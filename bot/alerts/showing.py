"""The cards people have of an alert are changed in place, in the transaction that changes what they show."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from bot.alerts.cards import ended_card, standing_card
from bot.alerts.cover import Cover
from bot.alerts.groups import hold
from bot.alerts.picture import Picture, load
from bot.alerts.readers import Reader, readers_of
from bot.alerts.shown import Shown, of_stand, shown_from
from bot.alerts.stands import Stand, stand_for, stands_of
from bot.alerts.tables import alert_delivery, alert_group
from bot.alerts.telling import words_for
from bot.contracts import Card
from bot.outbox.edits import edit


@dataclass(frozen=True, slots=True)
class _Now:
    """How a group stands for one reader."""

    cover: Cover
    stand: Stand
    can_reopen: bool
    muted_until: datetime | None
    shown: Shown


def show_again(picture: Picture, readers: Sequence[Reader] | None = None, *, only: int | None = None) -> None:
    """Change every card of the group that no longer shows what is; `only` in one conversation."""
    hold(picture.conn, picture.group.id)
    cards = _cards_of(picture, only)
    if not cards:
        return
    stands = stands_of(picture.conn, picture.group.id)
    for reader in readers if readers is not None else readers_of(picture, only=sorted(cards)):
        if reader.conversation_id in cards:
            _keep_true(picture, reader, card=cards[reader.conversation_id], stands=stands)


def show_retimed(conn: Connection, linehauls: Collection[int], now: datetime) -> None:
    """What ingest calls, inside its transaction, when linehauls are expected at another time: cards say the new one."""
    own = alert_group.c
    late = select(own.id).where(own.linehaul_id.in_(linehauls), own.of_linehaul.is_(True), own.closed_at.is_(None))
    for group_id in conn.execute(late.order_by(own.id)).scalars().all():
        picture = load(conn, group_id, now)
        if picture is not None:
            show_again(picture)


def _keep_true(picture: Picture, reader: Reader, *, card: Any, stands: Mapping[int, Any]) -> None:
    now = _as_it_stands(picture, reader, stands)
    if card.shown is not None and not now.shown.differs(shown_from(card.shown)):
        return
    edit(picture.conn, card.card_id, _cards(picture, reader, now), now=picture.now)
    picture.conn.execute(
        update(alert_delivery)
        .where(alert_delivery.c.group_id == card.group_id, alert_delivery.c.conversation_id == card.conversation_id)
        .values(shown=now.shown.to_json())
    )  # fmt: skip


def _cards_of(picture: Picture, only: int | None) -> dict[int, Any]:
    wanted = select(alert_delivery).where(
        alert_delivery.c.group_id == picture.group.id, alert_delivery.c.card_id.is_not(None)
    )
    if only is not None:
        wanted = wanted.where(alert_delivery.c.conversation_id == only)
    return {row.conversation_id: row for row in picture.conn.execute(wanted)}


def _as_it_stands(picture: Picture, reader: Reader, stands: Mapping[int, Any]) -> _Now:
    """What is muted altogether is shown all the same, as muted."""
    bare = Cover(reader.cover.parts)
    muted = bool(reader.cover.mutes and not picture.count(reader.cover).open and picture.count(bare).open)
    cover = bare if muted else reader.cover
    stand, own = stand_for(dict(stands), reader.side, picture.now), stands.get(reader.side)
    count, until = picture.count(cover), reader.muted_until if muted else None
    late = picture.behind(count.oldest)
    shown = Shown(count.open, picture.severity(count.oldest), late.expected, *of_stand(stand), until)
    return _Now(cover, stand, own is not None and own.resolved_at is not None, until, shown)


def _cards(picture: Picture, reader: Reader, now: _Now) -> tuple[Card, ...]:
    view = picture.view(now.cover)
    if not now.shown.open:
        return tuple(ended_card(words, view) for words in words_for(reader, picture.now))
    return tuple(
        standing_card(words, view, now.stand, muted_until=now.muted_until, can_reopen=now.can_reopen)
        for words in words_for(reader, picture.now)
    )

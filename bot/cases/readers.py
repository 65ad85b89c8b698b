"""Who at the desk can be told of something now: conversations, their language and zone, whom they reach."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from bot.cases.desk import Desk
from bot.contracts import ConversationKind, Language
from bot.people import OPERATOR_ROLES
from bot.people.tables import contact, contact_address, conversation
from bot.store.schema import insert

MOST: Final = 20
"""Conversations told of one request."""
_BILINGUAL: Final[tuple[Language, ...]] = ("zh-Hans", "en")
_LOOKED_AT: Final = 200
_own = conversation.c


@dataclass(frozen=True, slots=True)
class DeskReader:
    """One conversation of the desk."""

    conversation_id: int
    name: str
    """Whom it reaches."""
    languages: tuple[Language, ...]
    zone: ZoneInfo
    partner_listens: bool = False
    """People of a partner read there too."""


def desk_readers(
    conn: Connection, desk: Desk, *, partner_id: int | None, not_here: int, now: datetime
) -> tuple[DeskReader, ...]:
    """Each person of the desk once, where they were met last; never the conversation it is about.

    A group that belongs to a partner is told of what concerns that partner alone.
    """
    wanted = (
        select(
            _own.id, _own.kind, _own.title, _own.external_id, _own.language, _own.last_language, _own.time_zone,
            _own.partner_id,
            contact.c.id.label("contact_id"), contact.c.name, contact.c.language.label("own_language"),
            contact.c.time_zone.label("own_zone"),
        )
        .select_from(conversation.outerjoin(contact, contact.c.id == _own.contact_id))
        .where(
            _named(desk.names) if desk.names else _is_staff(), *_reachable(desk, now), _own.id != not_here,
            or_(_own.partner_id.is_(None), _own.partner_id == partner_id),
        )
        .order_by(_own.id.desc()).limit(_LOOKED_AT)
    )  # fmt: skip
    return tuple(_each_once(conn.execute(wanted), desk))


def meet_staff(conn: Connection, desk: Desk, now: datetime) -> None:
    """Begin a conversation with staff of the desk who can be written to first and never wrote to us."""
    if not desk.by_address:
        return
    known = exists().where(_own.contact_id == contact.c.id, _own.kind == ConversationKind.DIRECT)
    wanted = [
        contact.c.role.in_(sorted(OPERATOR_ROLES)), contact_address.c.adapter.in_(sorted(desk.by_address)), ~known,
    ]
    if desk.names:
        address = contact_address.c.adapter + ":" + contact_address.c.external_id
        wanted.append(or_(contact.c.name.in_(desk.names), address.in_(desk.names)))
    rows = conn.execute(
        select(contact_address.c.adapter, contact_address.c.external_id, contact.c.id.label("contact_id"))
        .select_from(contact_address.join(contact, contact.c.id == contact_address.c.contact_id))
        .where(*wanted).order_by(contact.c.id).limit(MOST)
    ).all()
    for row in rows:
        values = row._asdict() | {"kind": ConversationKind.DIRECT, "created_at": now}
        conn.execute(insert(conn, conversation).values(values).on_conflict_do_nothing())


def _is_staff() -> ColumnElement[bool]:
    return and_(_own.kind == ConversationKind.DIRECT, contact.c.role.in_(sorted(OPERATOR_ROLES)))


def _named(names: Iterable[str]) -> ColumnElement[bool]:
    """By the name of a contact, by a contact's address, or a conversation of several people by its own address."""
    ways: list[ColumnElement[bool]] = []
    for name in names:
        adapter, _, address = name.partition(":")
        has_address = exists().where(
            contact_address.c.contact_id == contact.c.id, contact_address.c.adapter == adapter,
            contact_address.c.external_id == address,
        )  # fmt: skip
        ways.append(and_(_is_staff(), or_(contact.c.name == name, has_address)))
        ways.append(and_(
            _own.kind != ConversationKind.DIRECT, _own.adapter == adapter, _own.external_id == address
        ))  # fmt: skip
    return or_(*ways)


def _reachable(desk: Desk, now: datetime) -> list[ColumnElement[bool]]:
    ways: list[ColumnElement[bool]] = [_own.broken.is_(None)]
    if desk.adapters is not None:
        ways.append(_own.adapter.in_(sorted(desk.adapters)))
    if desk.reply_only:
        ways.append(or_(_own.adapter.not_in(sorted(desk.reply_only)), _own.route_expires_at > now))
    return ways


def _each_once(rows: Iterable[Any], desk: Desk) -> Iterable[DeskReader]:
    seen: set[int] = set()
    for row in rows:
        group = row.kind != ConversationKind.DIRECT
        if len(seen) >= MOST or (not group and row.contact_id in seen):
            continue
        seen.add(-row.id if group else row.contact_id)
        spoken = (None if group else row.own_language) or row.language or row.last_language or "en"
        zone = row.time_zone or (None if group else row.own_zone)
        yield DeskReader(
            conversation_id=row.id, name=(row.title or row.external_id) if group else row.name,
            languages=_BILINGUAL if spoken == "bilingual" else (cast(Language, spoken),),
            zone=ZoneInfo(zone) if zone else desk.zone, partner_listens=group and row.partner_id is not None,
        )  # fmt: skip

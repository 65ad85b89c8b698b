"""Who is to be told of a group: the conversations that follow it, in which language, by whose clock, how much of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from bot.alerts.cover import Cover, Part
from bot.alerts.picture import Picture
from bot.alerts.tables import alert_mute, alert_subscription
from bot.contracts import ConversationKind, Language
from bot.people import OPERATOR_ROLES, Role
from bot.people.tables import contact, conversation, partner

DEFAULT_ZONE = "Europe/Brussels"
_BILINGUAL: tuple[Language, ...] = ("zh-Hans", "en")
_owner = contact.alias("owner")
_channel = conversation.alias("channel")


@dataclass(frozen=True, slots=True)
class Reader:
    """A conversation that follows a group."""

    conversation_id: int
    languages: tuple[Language, ...]
    """Two for a bilingual conversation."""
    zone: ZoneInfo
    cover: Cover
    side: int
    """0: operators; else the partner whose people read it."""
    muted_until: datetime | None = None
    """When the last of its mutes ends that concern the group."""


@dataclass(slots=True)
class _Draft:
    row: Any
    parts: list[Part] = field(default_factory=list)
    mutes: list[Part] = field(default_factory=list)
    muted_until: datetime | None = None

    def mute(self, part: Part, until: datetime) -> None:
        """Leave it in peace about something until an instant."""
        self.mutes.append(part)
        self.muted_until = max(until, self.muted_until or until)


def readers_of(picture: Picture, *, only: Sequence[int] | None = None) -> tuple[Reader, ...]:
    """Conversations that follow something of the group; `only` asks for some of them."""
    conn, drafts = picture.conn, dict[int, _Draft]()
    for row in conn.execute(_following(picture, only)):
        part = _part(row, picture)
        if part is not None:
            drafts.setdefault(row.conversation_id, _Draft(row)).parts.append(part)
    for row in conn.execute(_muting(drafts, picture.now)) if drafts else ():
        part = _mute(row, picture)
        for key in drafts if row.conversation_id is None else [row.conversation_id]:
            if part is not None:
                drafts[key].mute(part, row.until)
    return tuple(_reader(key, draft) for key, draft in sorted(drafts.items()))


def _following(picture: Picture, only: Sequence[int] | None) -> Select[Any]:
    own, facets = alert_subscription.c, picture.facets
    broad: list[ColumnElement[bool]] = [own.parcel_id.is_(None), own.ref.is_(None)]
    for column, name in ((own.hub, "hub"), (own.mode, "mode"), (own.country, "country")):
        values = sorted({value for facet in facets if (value := getattr(facet, name)) is not None})
        broad.append(or_(column.is_(None), column.in_(values)))
    names = sorted({name for unit in picture.units for name in (unit.number, unit.key)})
    members = picture.members(whole=True).subquery()
    one_by_one = own.parcel_id.in_(select(members.c.parcel_id))
    followed: ColumnElement[bool] = or_(and_(*broad), own.ref.in_(names), one_by_one)
    if only is not None:
        followed = and_(followed, own.conversation_id.in_(only))
    distinct = select(
        own.conversation_id, own.partner_id, own.contact_id, own.hub, own.mode, own.country, own.ref,
        func.max(own.parcel_id).label("parcel_id"),
    ).where(followed).group_by(
        own.conversation_id, own.partner_id, own.contact_id, own.hub, own.mode, own.country, own.ref
    ).subquery()  # fmt: skip
    return (
        select(
            distinct, contact.c.role, contact.c.partner_id.label("contact_partner"),
            conversation.c.kind, conversation.c.within, conversation.c.language,
            func.coalesce(conversation.c.partner_id, _channel.c.partner_id).label("place_partner"),
            func.coalesce(_channel.c.staff, conversation.c.staff).label("staff"),
            conversation.c.last_language, conversation.c.time_zone, _owner.c.language.label("owner_language"),
            _owner.c.time_zone.label("owner_zone"), partner.c.language.label("partner_language"),
            partner.c.time_zone.label("partner_zone"),
        )
        .select_from(
            distinct.join(contact, contact.c.id == distinct.c.contact_id)
            .join(conversation, conversation.c.id == distinct.c.conversation_id)
            .outerjoin(_channel, and_(
                _channel.c.adapter == conversation.c.adapter, _channel.c.external_id == conversation.c.within))
            .outerjoin(_owner, and_(_owner.c.id == conversation.c.contact_id, conversation.c.kind == "direct"))
            .outerjoin(partner, partner.c.id == func.coalesce(conversation.c.partner_id, _owner.c.partner_id))
        )
    )  # fmt: skip


def _part(row: Any, picture: Picture) -> Part | None:
    """What one row lets its conversation see today; None: nothing any more (left, moved, another partner's group)."""
    allowed = row.partner_id
    if row.role not in OPERATOR_ROLES and (row.role != Role.PARTNER or row.contact_partner != row.partner_id):
        return None
    if row.kind != "direct" and row.place_partner is not None:
        if allowed not in (None, row.place_partner):
            return None
        allowed = row.place_partner
    shared = row.kind == ConversationKind.GROUP or row.within is not None
    if allowed is None and shared and not row.staff:  # nobody has said that only our own people read there
        return None
    if row.parcel_id is not None:
        return Part(allowed, parcels_of=row.conversation_id)
    if row.ref is not None:
        return picture.part_of_ref(row.ref, allowed)
    return Part(allowed, hub=row.hub, mode=row.mode, country=row.country)


def _muting(conversations: Iterable[int], now: datetime) -> Select[Any]:
    own = alert_mute.c
    return select(alert_mute).where(
        or_(own.conversation_id.is_(None), own.conversation_id.in_(sorted(conversations))),
        own.until > now, own.ended_at.is_(None),
    )  # fmt: skip


def _mute(row: Any, picture: Picture) -> Part | None:
    if row.parcel_id is not None:
        return Part(mutes_of=row.wish_id or row.id)
    if row.ref is not None:
        return picture.part_of_ref(row.ref, None)
    return Part(hub=row.hub, mode=row.mode, country=row.country)


def _reader(conversation_id: int, draft: _Draft) -> Reader:
    row = draft.row
    spoken = row.owner_language or row.language or row.last_language or row.partner_language or "en"
    languages = _BILINGUAL if spoken == "bilingual" else (cast(Language, spoken),)
    zone = ZoneInfo(row.time_zone or row.owner_zone or row.partner_zone or DEFAULT_ZONE)
    partners = {part.partner_id for part in draft.parts}
    side = 0 if None in partners else min(key for key in partners if key is not None)
    parts = tuple(dict.fromkeys(draft.parts))
    cover = Cover(parts, tuple(dict.fromkeys(draft.mutes)))
    return Reader(conversation_id, languages, zone, cover, side, draft.muted_until)

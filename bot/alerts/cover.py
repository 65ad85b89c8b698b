"""What a reader is to be told of: parts joined by "or", less what is muted, never beyond the partners they may see."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, exists, false, literal, not_, or_, select, true

from bot.alerts.tables import alert, alert_mute, alert_subscription
from bot.people import PartnerScope
from bot.tracking.affected import parcels_on


class Members(Protocol):
    """A relation of parcels: columns parcel_id, partner_id, hub, mode, country."""

    @property
    def c(self) -> Any:
        """Its columns."""


EPISODES: Members = SimpleNamespace(
    c=SimpleNamespace(
        parcel_id=alert.c.subject_id, partner_id=alert.c.partner_id, hub=alert.c.hub, mode=alert.c.mode,
        country=alert.c.country,
    )
)  # fmt: skip
"""The episodes of parcels themselves as such a relation: a condition on them needs no join."""


@dataclass(frozen=True, slots=True)
class Part:
    """Parcels of one partner (None: any) that match what is given; nothing given: all of them."""

    partner_id: int | None = None
    hub: str | None = None
    mode: str | None = None
    country: str | None = None
    unit_id: int | None = None
    """Only what this consignment, container, pallet or bag carries."""
    parcels_of: int | None = None
    """Only parcels that this conversation follows one by one."""
    mutes_of: int | None = None
    """Only parcels that this mute names."""

    def clause(self, members: Members) -> ColumnElement[bool]:
        """The condition on a relation of parcels."""
        column = members.c
        found: list[ColumnElement[bool]] = [true()]
        given = (
            (column.partner_id, self.partner_id), (column.hub, self.hub), (column.mode, self.mode),
            (column.country, self.country),
        )  # fmt: skip
        found += [field == value for field, value in given if value is not None]
        if self.unit_id is not None:
            inside = parcels_on(self.unit_id).subquery()
            found.append(column.parcel_id.in_(select(inside.c.parcel_id)))
        if self.parcels_of is not None:
            found.append(_followed(column, self.parcels_of))
        if self.mutes_of is not None:
            named = (alert_mute.c.id == self.mutes_of) | (alert_mute.c.wish_id == self.mutes_of)
            found.append(column.parcel_id.in_(select(alert_mute.c.parcel_id).where(named)))
        return and_(*found)


@dataclass(frozen=True, slots=True)
class Cover:
    """Readers with equal covers are told the same."""

    parts: tuple[Part, ...]
    mutes: tuple[Part, ...] = ()

    def clause(self, members: Members, *, muted: bool = True) -> ColumnElement[bool]:
        """The condition on a relation of parcels; `muted` False leaves the mutes out of account."""
        wanted: ColumnElement[bool] = or_(*(part.clause(members) for part in self.parts)) if self.parts else false()
        if not muted or not self.mutes:
            return wanted
        return and_(wanted, not_(or_(*(part.clause(members) for part in self.mutes))))


def cover_of_scope(scope: PartnerScope) -> Cover:
    """Everything a scope may see."""
    if scope.partner_ids is None:
        return Cover((Part(),))
    return Cover(tuple(Part(partner_id) for partner_id in sorted(scope.partner_ids)))


def _followed(column: Any, conversation_id: int) -> ColumnElement[bool]:
    own = alert_subscription
    return exists(
        select(literal(1)).where(
            own.c.conversation_id == conversation_id, own.c.parcel_id == column.parcel_id,
            or_(own.c.partner_id.is_(None), own.c.partner_id == column.partner_id),
        )
    )  # fmt: skip

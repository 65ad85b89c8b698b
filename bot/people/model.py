"""Who a person is to us, and whose parcels that person may see."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Role(StrEnum):
    """What a contact may do."""

    PARTNER = "partner"  # sees the partner's own parcels
    OPERATOR = "operator"  # sees every partner's parcels
    SUPPORT = "support"  # operator staff who answer people; sees every partner's parcels
    ADMIN = "admin"  # runs the service; sees everything
    STRANGER = "stranger"  # known to nobody: learns nothing


class Origin(StrEnum):
    """Where what we know of a contact comes from."""

    CONFIGURATION = "configuration"  # `[[contacts]]`; forgotten when it leaves the file
    IMPORT = "import"  # `parcelbridge contacts add | import`
    CHAT = "chat"  # met when the person wrote to us


OPERATOR_ROLES = frozenset({Role.OPERATOR, Role.SUPPORT, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class PartnerScope:
    """Whose parcels may be seen. Everything that reads parcels takes one.

    `partner_ids` None means every partner and is only ever given for an explicit operator role. An empty set sees
    nothing.
    """

    partner_ids: frozenset[int] | None

    def allows(self, partner_id: int) -> bool:
        """True when parcels of that partner may be seen."""
        return self.partner_ids is None or partner_id in self.partner_ids


EVERYTHING = PartnerScope(None)
NOTHING = PartnerScope(frozenset())


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as the rooms need it: identity, scope, language, zone."""

    contact_id: int
    name: str
    role: Role
    partner_id: int | None
    scope: PartnerScope
    language: str | None
    """`en`, `zh-Hans`, `zh-Hant`, `bilingual`, or None: as the question."""
    time_zone: str
    """IANA name."""

    @property
    def is_operator(self) -> bool:
        """True for staff of the postal operator."""
        return self.role in OPERATOR_ROLES


@lru_cache(maxsize=4096)
def scope_of(role: Role, partner_id: int | None) -> PartnerScope:
    """The scope of a role: operators see everything by their role, never because a partner is missing."""
    if role in OPERATOR_ROLES:
        return EVERYTHING
    if role is Role.PARTNER and partner_id is not None:
        return PartnerScope(frozenset({partner_id}))
    return NOTHING

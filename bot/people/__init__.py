"""People: partners, contacts, conversations; who may see whose parcels."""

from bot.people.model import EVERYTHING, NOTHING, OPERATOR_ROLES, Origin, PartnerScope, Person, Role, scope_of

__all__ = ["EVERYTHING", "NOTHING", "OPERATOR_ROLES", "Origin", "PartnerScope", "Person", "Role", "scope_of"]

"""People by what administrators and programs call them: a name, an address, `adapter:address`."""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, or_, select

from bot.people.model import PartnerScope, Role
from bot.people.tables import contact, contact_address, partner
from bot.store.schema import insert

MANY = 20


@dataclass(frozen=True, slots=True)
class Match:
    """A contact that goes by what was asked for."""

    contact_id: int
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class PartnerName:
    """What a partner is called."""

    id: int
    code: str
    name: str


def partners_in(conn: Connection, scope: PartnerScope) -> tuple[PartnerName, ...]:
    """The partners of a scope by code; companies in the configuration, so there are never many."""
    wanted = select(partner.c.id, partner.c.code, partner.c.name).order_by(partner.c.code)
    if scope.partner_ids is not None:
        wanted = wanted.where(partner.c.id.in_(sorted(scope.partner_ids)))
    return tuple(PartnerName(*row) for row in conn.execute(wanted))


def find_contacts(conn: Connection, called: str, *, not_on: str = "") -> tuple[Match, ...]:
    """Contacts with that name, address or `adapter:address`; strangers and addresses on `not_on` do not count."""
    adapter, _, address = called.partition(":")
    by_address = or_(
        contact_address.c.external_id == called,
        and_(contact_address.c.adapter == adapter, contact_address.c.external_id == address),
    )
    rows = conn.execute(
        select(contact.c.id, contact.c.name, contact.c.role)
        .select_from(contact.outerjoin(
            contact_address, and_(contact_address.c.contact_id == contact.c.id, contact_address.c.adapter != not_on)
        ))
        .where(contact.c.role != Role.STRANGER, or_(contact.c.name == called, by_address))
        .distinct()
        .order_by(contact.c.name, contact.c.id)
        .limit(MANY)
    )
    return tuple(Match(row.id, row.name, Role(row.role)) for row in rows)


def address_on(conn: Connection, adapter: str, called: str) -> str:
    """The external id on an adapter of a contact given by external id or by name; as given when nobody has it."""
    on_adapter = select(contact_address.c.external_id).where(contact_address.c.adapter == adapter)
    if conn.execute(on_adapter.where(contact_address.c.external_id == called)).first() is not None:
        return called
    named = conn.execute(
        on_adapter.join(contact, contact.c.id == contact_address.c.contact_id).where(contact.c.name == called).limit(2)
    ).scalars().all()
    return str(named[0]) if len(named) == 1 else called


def give_address(conn: Connection, contact_id: int, *, adapter: str, external_id: str) -> None:
    """One more address of a contact; safe to repeat."""
    row = {"adapter": adapter, "external_id": external_id, "contact_id": contact_id}
    statement = insert(conn, contact_address).values(row)
    conn.execute(
        statement.on_conflict_do_update(index_elements=["adapter", "external_id"], set_={"contact_id": contact_id})
    )

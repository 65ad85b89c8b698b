"""Partners and contacts taken over from the configuration, and the lists administrators see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, exists, func, select, update

from bot.people.model import NOTHING, Origin, Person, Role
from bot.people.tables import contact, contact_address, partner
from bot.people.talk import (
    LanguageSettings,
    Talk,
    arrive,
    find_person,
    find_talk,
    meet,
    narrowed,
    restore_language,
    set_language,
)
from bot.store.schema import insert

__all__ = [
    "ContactEntry", "LanguageSettings", "PartnerEntry", "Talk", "arrive", "find_person", "find_talk", "list_contacts",
    "list_partners", "meet", "narrowed", "partner_ids", "put_contact", "restore_language", "set_language",
    "take_over_contacts", "take_over_partners",
]


@dataclass(frozen=True, slots=True)
class PartnerEntry:
    """A partner as configured."""

    code: str
    name: str
    language: str
    time_zone: str
    calendar: str


@dataclass(frozen=True, slots=True)
class ContactEntry:
    """A contact as configured or imported; `addresses` maps adapter instances to external ids."""

    name: str
    role: str
    partner: str | None = None
    language: str | None = None
    time_zone: str | None = None
    addresses: tuple[tuple[str, str], ...] = ()


def partner_ids(conn: Connection) -> dict[str, int]:
    """Key of every partner by its code."""
    return {row.code: row.id for row in conn.execute(select(partner.c.code, partner.c.id))}


def take_over_partners(conn: Connection, entries: Iterable[PartnerEntry]) -> dict[str, int]:
    """Insert or refresh configured partners; returns the keys of all partners by code."""
    for entry in entries:
        values = {
            "code": entry.code, "name": entry.name, "language": entry.language,
            "time_zone": entry.time_zone, "calendar": entry.calendar,
        }
        statement = insert(conn, partner).values(values)
        conn.execute(statement.on_conflict_do_update(index_elements=["code"], set_=values))
    return partner_ids(conn)


def take_over_contacts(conn: Connection, entries: Sequence[ContactEntry], partners: dict[str, int]) -> int:
    """Insert or refresh the configured contacts by their addresses; returns how many are new.

    Whoever has left the file loses the role it gave: what the platform says of a person decides again.
    """
    put = [put_contact(conn, entry, partners, origin=Origin.CONFIGURATION) for entry in entries]
    _release(conn, {contact_id for contact_id, _ in put})
    return sum(new for _, new in put)


def put_contact(
    conn: Connection, entry: ContactEntry, partners: dict[str, int], *, origin: Origin
) -> tuple[int, bool]:
    """Insert a contact or refresh the one an address already names; returns its key and whether it is new.

    Raises `KeyError` for a partner nobody knows.
    """
    values: dict[str, Any] = {
        "name": entry.name, "role": entry.role, "origin": origin, "time_zone": entry.time_zone,
        "partner_id": partners[entry.partner] if entry.partner else None,
    }
    known = _known(conn, entry, origin)
    if entry.language is not None and (known is None or known.language is None):
        values["language"] = entry.language  # what a person chose in a chat outlives the file
    if known is not None:
        contact_id = known.contact_id
        conn.execute(update(contact).where(contact.c.id == contact_id).values(values))
    else:
        contact_id = conn.execute(contact.insert().returning(contact.c.id), values).scalar_one()
    for adapter, external_id in entry.addresses:
        row = {"adapter": adapter, "external_id": external_id, "contact_id": contact_id}
        statement = insert(conn, contact_address).values(row)
        conn.execute(
            statement.on_conflict_do_update(
                index_elements=["adapter", "external_id"], set_={"contact_id": contact_id}
            )
        )
    return contact_id, known is None


def _known(conn: Connection, entry: ContactEntry, origin: Origin) -> Person | None:
    """The contact an entry speaks of: by its first known address, else by name among those without any."""
    for adapter, external_id in entry.addresses:
        person = find_person(conn, adapter, external_id)
        if person is not None:
            return person
    if entry.addresses:
        return None
    row = conn.execute(
        select(contact.c.id, contact.c.language)
        .where(contact.c.name == entry.name, contact.c.origin == origin, ~_has_address())
        .order_by(contact.c.id)
    ).first()
    if row is None:
        return None
    return Person(row.id, entry.name, Role(entry.role), None, NOTHING, row.language, "UTC")


def _release(conn: Connection, kept: set[int]) -> None:
    configured = conn.execute(select(contact.c.id).where(contact.c.origin == Origin.CONFIGURATION)).scalars().all()
    for contact_id in set(configured) - kept:
        values = {"role": Role.STRANGER, "partner_id": None, "origin": Origin.CHAT}
        conn.execute(update(contact).where(contact.c.id == contact_id).values(values))


def _has_address() -> Any:
    return exists(select(contact_address.c.contact_id).where(contact_address.c.contact_id == contact.c.id))


def list_contacts(conn: Connection) -> list[tuple[str, str, str | None, str | None, str]]:
    """Name, role, partner code, language and addresses of every contact that is not a stranger, by name."""
    people = conn.execute(
        select(contact.c.id, contact.c.name, contact.c.role, contact.c.language, partner.c.code)
        .select_from(contact.outerjoin(partner, partner.c.id == contact.c.partner_id))
        .where(contact.c.role != Role.STRANGER)
        .order_by(contact.c.name, contact.c.id)
    ).all()
    addresses: dict[int, list[str]] = {}
    for row in conn.execute(select(contact_address).order_by(contact_address.c.adapter)):
        addresses.setdefault(row.contact_id, []).append(f"{row.adapter}:{row.external_id}")
    return [(p.name, p.role, p.code, p.language, ", ".join(addresses.get(p.id, []))) for p in people]


def list_partners(conn: Connection) -> list[tuple[str, str, str, str, int]]:
    """Code, name, language, time zone and number of contacts of every partner, by code."""
    rows = conn.execute(
        select(partner.c.code, partner.c.name, partner.c.language, partner.c.time_zone, func.count(contact.c.id))
        .select_from(partner.outerjoin(contact, contact.c.partner_id == partner.c.id))
        .group_by(partner.c.id)
        .order_by(partner.c.code)
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]

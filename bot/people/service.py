"""Who writes to us: contacts found or met, partners and contacts taken over from the configuration."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from bot.contracts import ConversationKind, InboundMessage
from bot.people.model import PartnerScope, Person, Role, scope_of
from bot.people.tables import contact, contact_address, conversation, partner
from bot.store.schema import insert

DEFAULT_TIME_ZONE = "Europe/Brussels"


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


@dataclass(frozen=True, slots=True)
class Talk:
    """A person in a conversation: what the rooms need to answer."""

    person: Person
    conversation_language: str | None
    """Language set for the conversation, None when it follows the question."""


_FIND = (
    select(
        contact.c.id, contact.c.name, contact.c.role, contact.c.partner_id, contact.c.language,
        contact.c.time_zone, partner.c.time_zone.label("partner_zone"),
    )
    .select_from(contact_address.join(contact).outerjoin(partner, partner.c.id == contact.c.partner_id))
    .where(contact_address.c.adapter == bindparam("adapter"), contact_address.c.external_id == bindparam("external_id"))
)
_CONVERSATION = select(
    conversation.c.kind, conversation.c.partner_id, conversation.c.language
).where(conversation.c.id == bindparam("conversation_id"))


def find_person(conn: Connection, adapter: str, external_id: str) -> Person | None:
    """The contact behind an address, None when we have not met."""
    row = conn.execute(_FIND, {"adapter": adapter, "external_id": external_id}).first()
    return None if row is None else _person(row)


def find_talk(conn: Connection, message: InboundMessage, conversation_id: int) -> Talk | None:
    """The sender of a stored message in its conversation; None when the sender must be met first (`meet`).

    In a group the answer is read by everybody there, so what may be seen is narrowed to the group's partner.
    """
    person = find_person(conn, message.conversation.adapter, message.sender.external_id)
    if person is None:
        return None
    place = conn.execute(_CONVERSATION, {"conversation_id": conversation_id}).one()
    if place.kind != ConversationKind.DIRECT and place.partner_id is not None:
        person = narrowed(person, place.partner_id)
    return Talk(person, place.language)


def narrowed(person: Person, partner_id: int) -> Person:
    """The same person where only one partner's parcels may be shown."""
    allowed = frozenset({partner_id}) if person.scope.allows(partner_id) else frozenset()
    return Person(
        person.contact_id, person.name, person.role, person.partner_id, PartnerScope(allowed),
        person.language, person.time_zone,
    )


def meet(conn: Connection, message: InboundMessage, partner_id: int | None) -> Person:
    """Make a contact of a first-time sender: of the partner when inside its organisation, else a stranger."""
    inside = partner_id is not None and not message.sender.outsider
    entry = {
        "name": message.sender.name or message.sender.external_id,
        "role": Role.PARTNER if inside else Role.STRANGER,
        "partner_id": partner_id if inside else None,
        "configured": False,
    }
    adapter, external_id = message.conversation.adapter, message.sender.external_id
    known = find_person(conn, adapter, external_id)
    if known is None:
        contact_id = conn.execute(contact.insert().returning(contact.c.id), entry).scalar_one()
        conn.execute(
            contact_address.insert(), {"adapter": adapter, "external_id": external_id, "contact_id": contact_id}
        )
        known = find_person(conn, adapter, external_id)
    if known is None:
        raise LookupError(f"contact of {adapter} vanished while it was made")
    return known


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
    """Insert or refresh contacts by their addresses; returns how many contacts are new."""
    return sum(_take_over(conn, entry, partners) for entry in entries)


def _take_over(conn: Connection, entry: ContactEntry, partners: dict[str, int]) -> bool:
    values: dict[str, Any] = {
        "name": entry.name, "role": entry.role, "configured": True, "time_zone": entry.time_zone,
        "partner_id": partners[entry.partner] if entry.partner else None,
    }
    if entry.language is not None:
        values["language"] = entry.language
    known = [p for a, e in entry.addresses if (p := find_person(conn, a, e)) is not None]
    if known:
        contact_id = known[0].contact_id
        if entry.language is not None and known[0].language is not None:
            values.pop("language")  # what the person chose in a chat outlives the file
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
    return not known


def set_language(conn: Connection, person: Person, conversation_id: int, language: str) -> None:
    """Remember the language a person asked for; in a group it holds for the group."""
    kind = conn.execute(select(conversation.c.kind).where(conversation.c.id == conversation_id)).scalar_one()
    if kind == ConversationKind.GROUP:
        conn.execute(update(conversation).where(conversation.c.id == conversation_id).values(language=language))
    else:
        conn.execute(update(contact).where(contact.c.id == person.contact_id).values(language=language))


def list_contacts(conn: Connection) -> list[tuple[str, str, str | None, str | None, str]]:
    """Name, role, partner code, language and addresses of every contact that is not a stranger, by name."""
    people = conn.execute(
        select(contact.c.id, contact.c.name, contact.c.role, contact.c.language, partner.c.code)
        .select_from(contact.outerjoin(partner, partner.c.id == contact.c.partner_id))
        .where(contact.c.role != Role.STRANGER)
        .order_by(contact.c.name, contact.c.id)
    ).all()
    addresses: dict[int, list[str]] = {}
    for row in conn.execute(select(contact_address)):
        addresses.setdefault(row.contact_id, []).append(f"{row.adapter}:{row.external_id}")
    return [(p.name, p.role, p.code, p.language, ", ".join(addresses.get(p.id, []))) for p in people]


def _person(row: Any) -> Person:
    role = Role(row.role)
    return Person(
        contact_id=row.id,
        name=row.name,
        role=role,
        partner_id=row.partner_id,
        scope=scope_of(role, row.partner_id),
        language=row.language,
        time_zone=row.time_zone or row.partner_zone or DEFAULT_TIME_ZONE,
    )

"""Who is talking, and where: a person in a conversation, found in one statement or met for the first time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from bot.contracts import ConversationKind, InboundMessage
from bot.people.model import NOTHING, Origin, PartnerScope, Person, Role, scope_of
from bot.people.places import NOBODY_SAID, Readers, is_shared, note_reader, readers_in
from bot.people.tables import contact, contact_address, conversation, partner
from bot.store.prepared import Prepared
from bot.store.schema import insert

DEFAULT_TIME_ZONE = "Europe/Brussels"


@dataclass(frozen=True, slots=True)
class Talk:
    """A person in a conversation: what the rooms need to answer."""

    person: Person
    conversation_language: str | None
    """Language set for the conversation, None when it follows the question."""
    last_language: str | None = None
    """Language of the last words written here."""
    partner_language: str | None = None
    """Language of the partner whose people talk here."""
    group: bool = False
    """Several people read the answer."""
    unknown_readers: bool = False
    """Nobody has said who reads here: what only operators may see is not shown."""


_ROLES = {role.value: role for role in Role}
_place_partner = partner.alias("place_partner")
_TALK = Prepared(
    lambda _: select(
        contact.c.id, contact.c.name, contact.c.role, contact.c.partner_id, contact.c.language, contact.c.time_zone,
        contact.c.origin, partner.c.time_zone, partner.c.language, conversation.c.kind, conversation.c.partner_id,
        conversation.c.contact_id, conversation.c.language, conversation.c.last_language, conversation.c.time_zone,
        _place_partner.c.language, conversation.c.staff, conversation.c.within,
    )
    .select_from(
        conversation.outerjoin(
            contact_address,
            (contact_address.c.adapter == bindparam("adapter"))
            & (contact_address.c.external_id == bindparam("external_id")),
        )
        .outerjoin(contact, contact.c.id == contact_address.c.contact_id)
        .outerjoin(partner, partner.c.id == contact.c.partner_id)
        .outerjoin(_place_partner, _place_partner.c.id == conversation.c.partner_id)
    )
    .where(conversation.c.id == bindparam("conversation_id"))
)
_SET_LAST_LANGUAGE = Prepared(
    lambda _: update(conversation)
    .where(conversation.c.id == bindparam("conversation_id"))
    .values(last_language=bindparam("spoken"))
)


def find_talk(
    conn: Connection, message: InboundMessage, conversation_id: int, *, home: str | None = None, met: bool = False
) -> Talk | None:
    """The sender of a stored message in its conversation; None when both must be met first (`arrive`).

    `home` is the code of the partner whose people use this adapter instance. In a group the answer is read by everybody
    there, so what may be seen is narrowed to the group's partner; in one that belongs to nobody an operator sees
    nothing until somebody of us said who reads there. `met` says that `arrive` has just run.
    """
    address = message.conversation
    row = _TALK.first(conn, {
        "adapter": address.adapter, "external_id": message.sender.external_id, "conversation_id": conversation_id,
    })
    if row is None:
        raise LookupError(f"conversation {conversation_id} of {address.adapter} does not exist")
    if row[0] is None or (not met and _is_new(row, message, home)):
        return None
    person = _person(row[:8])
    if message.sender.outsider and row[6] == Origin.CHAT:  # left the organisation that made this person known
        person = replace(person, role=Role.STRANGER, partner_id=None, scope=NOTHING)
    group = row[9] != ConversationKind.DIRECT
    readers = _readers(conn, row, message, person) if group else None
    if readers is not None and readers.partner_id is not None:
        person = narrowed(person, readers.partner_id)
    unknown_readers = readers == NOBODY_SAID and person.is_operator and is_shared(address)
    if unknown_readers:
        person = replace(person, scope=NOTHING)
    if row[14]:
        person = replace(person, time_zone=row[14])
    return Talk(person, row[12], row[13], row[15] or row[8], group, unknown_readers)


def _readers(conn: Connection, row: Sequence[Any], message: InboundMessage, person: Person) -> Readers:
    """Those of the place, or of the channel it stands in; the latter matters to operators alone."""
    if row[10] is None and message.conversation.within and person.is_operator:
        return readers_in(conn, message.conversation)
    return Readers(row[10], bool(row[16]))


def _is_new(row: Sequence[Any], message: InboundMessage, home: str | None) -> bool:
    """Whether meeting would change anything: a colleague still taken for a stranger, a place nobody is known in."""
    role, partner_id, kind, place_partner_id, place_contact_id = row[2], row[3], row[9], row[10], row[11]
    if message.conversation.within and row[17] is None:
        return True
    if role == Role.STRANGER:
        return bool(row[16]) or (home is not None and not message.sender.outsider and row[6] == Origin.CHAT)
    if kind == ConversationKind.DIRECT:
        return bool(place_contact_id != row[0])
    return place_partner_id is None and (home is not None or partner_id is not None)


def arrive(conn: Connection, message: InboundMessage, conversation_id: int, *, home: str | None) -> None:
    """Make a contact of a first-time sender and tie the conversation to the people it belongs to; safe to repeat."""
    home_id = None
    if home is not None:
        home_id = conn.execute(select(partner.c.id).where(partner.c.code == home)).scalar_one_or_none()
    person = meet(conn, message, home_id)
    place = conversation.c.id == conversation_id
    address, owner = message.conversation, home_id if home_id is not None else person.partner_id
    if address.within:
        conn.execute(update(conversation).where(place).values(within=address.within))
    if is_shared(address) and (owner is not None or not person.is_operator):
        owner = note_reader(conn, address, owner, message.sent_at)
    if address.kind == ConversationKind.DIRECT:
        values = {"contact_id": person.contact_id, "partner_id": person.partner_id}
        conn.execute(update(conversation).where(place).values(values))
    elif owner is not None:
        # A group belongs to one partner for good: whoever comes later sees that partner's parcels there or none.
        conn.execute(update(conversation).where(place, conversation.c.partner_id.is_(None)).values(partner_id=owner))


def meet(conn: Connection, message: InboundMessage, partner_id: int | None) -> Person:
    """The sender as a contact: of the partner when inside its organisation, else a stranger. Made when unknown."""
    inside = partner_id is not None and not message.sender.outsider
    adapter, external_id = message.conversation.adapter, message.sender.external_id
    known = find_person(conn, adapter, external_id)
    values: dict[str, Any] = {"role": Role.PARTNER if inside else Role.STRANGER, "origin": Origin.CHAT,
                              "partner_id": partner_id if inside else None}
    if known is None:
        values["name"] = message.sender.name or external_id
        contact_id = conn.execute(contact.insert().returning(contact.c.id), values).scalar_one()
        row = {"adapter": adapter, "external_id": external_id, "contact_id": contact_id}
        conn.execute(insert(conn, contact_address).values(row).on_conflict_do_nothing())
    elif known.role is Role.STRANGER and inside:
        conn.execute(update(contact).where(contact.c.id == known.contact_id, contact.c.origin == Origin.CHAT)
                     .values(values))
    known = find_person(conn, adapter, external_id)
    if known is None:
        raise LookupError(f"contact of {adapter} vanished while it was made")
    return known


_FIND = Prepared(
    lambda _: select(
        contact.c.id, contact.c.name, contact.c.role, contact.c.partner_id, contact.c.language, contact.c.time_zone,
        contact.c.origin, partner.c.time_zone,
    )
    .select_from(contact_address.join(contact).outerjoin(partner, partner.c.id == contact.c.partner_id))
    .where(contact_address.c.adapter == bindparam("adapter"), contact_address.c.external_id == bindparam("external_id"))
)


def find_person(conn: Connection, adapter: str, external_id: str) -> Person | None:
    """The contact behind an address, None when we have not met."""
    row = _FIND.first(conn, {"adapter": adapter, "external_id": external_id})
    return None if row is None else _person(row)


def narrowed(person: Person, partner_id: int) -> Person:
    """The same person where only one partner's parcels may be shown."""
    allowed = frozenset({partner_id}) if person.scope.allows(partner_id) else frozenset()
    return replace(person, scope=PartnerScope(allowed))


def note_language(conn: Connection, conversation_id: int, language: str) -> None:
    """Remember in which language people last wrote here."""
    _SET_LAST_LANGUAGE.run(conn, {"conversation_id": conversation_id, "spoken": language})


@dataclass(frozen=True, slots=True)
class LanguageSettings:
    """What was set, before a change, for the person and for the conversation."""

    person: str | None
    conversation: str | None


def set_language(conn: Connection, person: Person, conversation_id: int, language: str) -> LanguageSettings:
    """Remember the language a person asked for; in a group it holds for the group. Returns what was set before."""
    place = conn.execute(
        select(conversation.c.kind, conversation.c.language).where(conversation.c.id == conversation_id)
    ).one()
    before = LanguageSettings(person.language, place.language)
    group = place.kind != ConversationKind.DIRECT
    if group:
        _keep_languages(conn, person, conversation_id, replace(before, conversation=language))
    if not group or person.language is not None:  # a person's own setting goes before a group's
        after = LanguageSettings(language, language if group else place.language)
        _keep_languages(conn, person, conversation_id, after)
    return before


def restore_language(conn: Connection, person: Person, conversation_id: int, before: LanguageSettings) -> None:
    """Put back what `set_language` found."""
    _keep_languages(conn, person, conversation_id, before)


def _keep_languages(conn: Connection, person: Person, conversation_id: int, settings: LanguageSettings) -> None:
    place, who = conversation.c.id == conversation_id, contact.c.id == person.contact_id
    conn.execute(update(conversation).where(place).values(language=settings.conversation))
    conn.execute(update(contact).where(who).values(language=settings.person))


def _person(row: Sequence[Any]) -> Person:
    role = _ROLES[row[2]]
    return Person(
        contact_id=row[0],
        name=row[1],
        role=role,
        partner_id=row[3],
        scope=scope_of(role, row[3]),
        language=row[4],
        time_zone=row[5] or row[7] or DEFAULT_TIME_ZONE,
    )

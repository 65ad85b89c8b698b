"""Who is talking, and what they may see where they are."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, select

from bot.contracts import ConversationAddress, ConversationKind, InboundMessage, Sender
from bot.people import EVERYTHING, NOTHING, PartnerScope, Role
from bot.people.places import register_staff
from bot.people.service import (
    ContactEntry,
    PartnerEntry,
    Talk,
    arrive,
    find_person,
    find_talk,
    restore_language,
    set_language,
    take_over_contacts,
    take_over_partners,
)
from bot.people.tables import conversation
from bot.store import Store

GROUP, THREAD = ConversationKind.GROUP, ConversationKind.THREAD
NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
PARTNERS = (
    PartnerEntry("cainiao", "Cainiao", "zh-Hans", "Asia/Shanghai", "CN"),
    PartnerEntry("yanwen", "Yanwen", "zh-Hans", "Asia/Shanghai", "CN"),
)
LI = ContactEntry("Li Na", "partner", "cainiao", addresses=(("ding", "li"),))
WANG = ContactEntry("Wang Wei", "partner", "yanwen", addresses=(("ding", "wang"),))
MARIE = ContactEntry("Marie", "operator", language="en", addresses=(("ding", "marie"), ("mail", "marie@bpost.test")))


def people(conn: Connection, *entries: ContactEntry) -> dict[str, int]:
    partners = take_over_partners(conn, PARTNERS)
    take_over_contacts(conn, entries, partners)
    return partners


def comes(
    conn: Connection, who: str, *, group: str | None = None, outsider: bool = False, home: str | None = None,
    within: str = "",
) -> Talk:  # fmt: skip
    """A message arrives; the person and the place are met when need be."""
    kind = THREAD if within else GROUP if group else ConversationKind.DIRECT
    name = group or who
    message = InboundMessage(
        message_id="m", conversation=ConversationAddress(adapter="ding", external_id=name, kind=kind, within=within),
        sender=Sender(external_id=who, name=who.title(), outsider=outsider), sent_at=NOW,
    )
    place = conn.execute(select(conversation.c.id).where(conversation.c.external_id == name)).scalar_one_or_none()
    if place is None:
        values = {"adapter": "ding", "external_id": name, "kind": kind, "created_at": NOW}
        place = conn.execute(conversation.insert().returning(conversation.c.id), values).scalar_one()
    talk = find_talk(conn, message, place, home=home)
    if talk is None:
        arrive(conn, message, place, home=home)
        talk = find_talk(conn, message, place, home=home, met=True)
        assert find_talk(conn, message, place, home=home) is not None or talk is not None
    assert talk is not None
    return talk


async def test_somebody_of_the_partners_organisation_sees_its_parcels_from_the_first_message(store: Store) -> None:
    def unit(conn: Connection) -> None:
        partners = people(conn)
        talk = comes(conn, "zhang", home="cainiao")
        assert talk.person.role is Role.PARTNER
        assert talk.person.scope == PartnerScope(frozenset({partners["cainiao"]}))
        assert talk.person.time_zone == "Asia/Shanghai"
        assert talk.partner_language == "zh-Hans"

    await store.write(unit)


async def test_an_outsider_and_whoever_writes_where_no_partner_lives_learn_nothing(store: Store) -> None:
    def unit(conn: Connection) -> None:
        people(conn)
        for talk in (comes(conn, "eve", outsider=True, home="cainiao"), comes(conn, "mallory")):
            assert talk.person.role is Role.STRANGER
            assert talk.person.scope == NOTHING

    await store.write(unit)


async def test_who_joins_the_organisation_later_is_let_in_and_who_leaves_it_is_not(store: Store) -> None:
    def unit(conn: Connection) -> None:
        people(conn)
        assert comes(conn, "zhang", outsider=True, home="cainiao").person.role is Role.STRANGER
        assert comes(conn, "zhang", home="cainiao").person.role is Role.PARTNER
        assert comes(conn, "zhang", outsider=True, home="cainiao").person.scope == NOTHING

    await store.write(unit)


async def test_a_group_shows_operators_the_parcels_of_its_partner_and_other_partners_none(store: Store) -> None:
    def unit(conn: Connection) -> None:
        partners = people(conn, LI, WANG, MARIE)
        own = PartnerScope(frozenset({partners["cainiao"]}))
        assert comes(conn, "li", group="g").person.scope == own
        assert comes(conn, "marie", group="g").person.scope == own
        assert comes(conn, "wang", group="g").person.scope == PartnerScope(frozenset())
        assert comes(conn, "marie").person.scope == EVERYTHING

    await store.write(unit)


async def test_a_group_on_a_partners_own_platform_is_that_partners_whoever_writes_first(store: Store) -> None:
    def unit(conn: Connection) -> None:
        partners = people(conn, WANG, MARIE)
        only = PartnerScope(frozenset({partners["cainiao"]}))
        assert comes(conn, "marie", group="g", home="cainiao").person.scope == only
        assert comes(conn, "wang", group="g", home="cainiao").person.scope == PartnerScope(frozenset())

    await store.write(unit)


async def test_a_group_of_operators_becomes_a_partners_when_one_of_its_people_writes_there(store: Store) -> None:
    def unit(conn: Connection) -> None:
        partners = people(conn, LI, MARIE)
        comes(conn, "marie", group="desk")
        assert register_staff(conn, ConversationAddress(adapter="ding", external_id="desk", kind=GROUP), NOW)
        assert comes(conn, "marie", group="desk").person.scope == EVERYTHING
        comes(conn, "li", group="desk")
        assert comes(conn, "marie", group="desk").person.scope == PartnerScope(frozenset({partners["cainiao"]}))

    await store.write(unit)


async def test_in_a_group_nobody_has_spoken_for_an_operator_sees_nothing(store: Store) -> None:
    def unit(conn: Connection) -> None:
        people(conn, LI, MARIE)
        talk = comes(conn, "marie", group="who knows")
        assert talk.unknown_readers
        assert talk.person.scope == NOTHING
        assert not comes(conn, "marie").unknown_readers

    await store.write(unit)


async def test_a_group_of_operators_is_none_any_more_when_a_stranger_writes_there(store: Store) -> None:
    def unit(conn: Connection) -> None:
        people(conn, LI, MARIE)
        place = ConversationAddress(adapter="ding", external_id="desk", kind=GROUP)
        comes(conn, "marie", group="desk")
        register_staff(conn, place, NOW)
        comes(conn, "mallory", group="desk")
        assert comes(conn, "marie", group="desk").person.scope == NOTHING
        register_staff(conn, place, NOW)
        comes(conn, "mallory", group="desk")  # known by now
        assert comes(conn, "marie", group="desk").person.scope == NOTHING

    await store.write(unit)


async def test_what_holds_for_a_channel_holds_for_its_threads(store: Store) -> None:
    def unit(conn: Connection) -> None:
        partners = people(conn, LI, WANG, MARIE)
        own = PartnerScope(frozenset({partners["cainiao"]}))
        assert comes(conn, "marie", group="c/1", within="c").unknown_readers
        thread = ConversationAddress(adapter="ding", external_id="c/1", kind=THREAD, within="c")
        assert register_staff(conn, thread, NOW)
        assert comes(conn, "marie", group="c/2", within="c").person.scope == EVERYTHING
        assert comes(conn, "li", group="c/3", within="c").person.scope == own
        assert comes(conn, "marie", group="c/2", within="c").person.scope == own
        assert comes(conn, "marie", group="c/4", within="c").person.scope == own
        assert comes(conn, "wang", group="c/5", within="c").person.scope == NOTHING
        assert not register_staff(conn, ConversationAddress(adapter="ding", external_id="c", kind=GROUP), NOW)

    await store.write(unit)


async def test_who_leaves_the_configuration_loses_the_role_it_gave(store: Store) -> None:
    def unit(conn: Connection) -> None:
        partners = people(conn, LI, MARIE)
        take_over_contacts(conn, [LI], partners)
        marie = find_person(conn, "mail", "marie@bpost.test")
        assert marie is not None
        assert (marie.role, marie.scope) == (Role.STRANGER, NOTHING)
        assert comes(conn, "marie", home="cainiao").person.role is Role.PARTNER  # what the platform says decides again

    await store.write(unit)


async def test_the_same_configuration_again_adds_nobody_even_without_addresses(store: Store) -> None:
    def unit(conn: Connection) -> None:
        nobody = ContactEntry("Desk", "support")
        partners = take_over_partners(conn, PARTNERS)
        assert take_over_contacts(conn, [LI, nobody], partners) == 2
        assert take_over_contacts(conn, [LI, nobody], partners) == 0

    await store.write(unit)


async def test_what_a_person_chose_in_a_chat_outlives_the_file(store: Store) -> None:
    def unit(conn: Connection) -> None:
        partners = people(conn, MARIE)
        person = comes(conn, "marie").person
        place = conn.execute(select(conversation.c.id)).scalar_one()
        before = set_language(conn, person, place, "zh-Hans")
        take_over_contacts(conn, [MARIE], partners)
        assert comes(conn, "marie").person.language == "zh-Hans"
        restore_language(conn, person, place, before)
        assert comes(conn, "marie").person.language == "en"

    await store.write(unit)


async def test_a_language_asked_for_in_a_group_holds_for_the_group(store: Store) -> None:
    def unit(conn: Connection) -> None:
        people(conn, LI, MARIE)
        person = comes(conn, "li", group="g").person
        place = conn.execute(select(conversation.c.id)).scalar_one()
        set_language(conn, person, place, "bilingual")
        assert comes(conn, "li", group="g").conversation_language == "bilingual"
        assert comes(conn, "li").person.language is None

    await store.write(unit)


async def test_a_conversation_that_does_not_exist_is_a_defect(store: Store) -> None:
    message = InboundMessage(
        message_id="m", conversation=ConversationAddress(adapter="ding", external_id="x"),
        sender=Sender(external_id="li"), sent_at=NOW,
    )
    with pytest.raises(LookupError, match="conversation 99"):
        await store.read(lambda conn: find_talk(conn, message, 99))

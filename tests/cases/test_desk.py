"""The desk: its hours, and who of it is told of a request."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from bot.cases import RequestKind
from bot.cases.desk import Desk, desk_from
from bot.cases.readers import DeskReader, desk_readers
from bot.cases.service import Opened, open_request
from bot.cases.telling import tell_desk, told_of, untold
from bot.cases.waiting import WaitingRequests
from bot.clock import MovableClock
from bot.contracts import as_text
from bot.delays import Calendars
from bot.outbox.message import cards_from_json
from bot.outbox.tables import outbox
from bot.people import Person, Role, scope_of
from bot.people.tables import contact, contact_address, conversation, partner
from bot.settings.model import CaseSettings
from bot.store import Store

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_the_desk_opens_on_belgian_working_days_at_nine() -> None:
    desk = desk_from(CaseSettings(), Calendars(), adapters=())
    assert desk == Desk(calendar=desk.calendar)
    tuesday = datetime(2026, 11, 24, 7, 59, tzinfo=UTC)  # 08:59 in Brussels
    assert not desk.is_open(tuesday)
    assert desk.next_opening(tuesday) == tuesday + timedelta(minutes=1)
    assert desk.next_opening(tuesday + timedelta(hours=3)) == tuesday + timedelta(hours=3)
    friday_evening = datetime(2026, 11, 27, 18, tzinfo=UTC)
    assert desk.next_opening(friday_evening) == datetime(2026, 11, 30, 8, tzinfo=UTC)
    christmas = datetime(2026, 12, 25, 10, tzinfo=UTC)
    assert desk.next_opening(christmas) == datetime(2026, 12, 28, 8, tzinfo=UTC)
    summer = datetime(2026, 7, 13, 17, tzinfo=UTC)
    assert desk.next_opening(summer) == datetime(2026, 7, 14, 7, tzinfo=UTC)


def test_other_hours_another_zone_and_days_off_come_from_the_configuration() -> None:
    wanted = CaseSettings(hours="08:30-12:00", time_zone="Asia/Shanghai", calendar="CN")
    desk = desk_from(wanted, Calendars(days_off={"CN": ["2026-11-24"]}), adapters=())
    assert not desk.is_open(datetime(2026, 11, 24, 1, tzinfo=UTC))
    assert desk.next_opening(datetime(2026, 11, 24, 1, tzinfo=UTC)) == datetime(2026, 11, 25, 0, 30, tzinfo=UTC)
    assert not desk.is_open(datetime(2026, 11, 25, 4, tzinfo=UTC))


class Office:
    """Two partners, an asker, some staff, and the conversations they have."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.partners = {code: self._put(partner, code=code, name=code.title(), language="zh-Hans",
                                         time_zone="Asia/Shanghai", calendar="CN") for code in ("mine", "other")}
        self.asker = self.person("Li", Role.PARTNER, partner="mine")
        self.place = self.direct("chat", "li", self.asker)

    def person(self, name: str, role: Role = Role.OPERATOR, **more: Any) -> Person:
        key = self.partners.get(more.pop("partner", ""))
        row = {"name": name, "role": role, "partner_id": key, "origin": "configuration"} | more
        return Person(self._put(contact, **row), name, role, key, scope_of(role, key), None, "UTC")

    def direct(self, adapter: str, address: str, person: Person, **more: Any) -> int:
        self.conn.execute(contact_address.insert(), {
            "adapter": adapter, "external_id": address, "contact_id": person.contact_id,
        })
        return self.talk(adapter, address, contact_id=person.contact_id, partner_id=person.partner_id, **more)

    def talk(self, adapter: str, address: str, *, kind: str = "direct", **more: Any) -> int:
        row = {"adapter": adapter, "external_id": address, "kind": kind, "created_at": NOW} | more
        return self._put(conversation, **row)

    def ask(self, text: str = "call me", *about: str, person: Person | None = None) -> Opened:
        return open_request(
            self.conn, kind=RequestKind.HANDOFF, person=person or self.asker, conversation_id=self.place, text=text,
            about=about, now=NOW,
        )  # fmt: skip

    def reached(self, desk: Desk, opened: Opened) -> set[str]:
        return {reader.name for reader in self.readers(desk, opened)}

    def readers(self, desk: Desk, opened: Opened) -> tuple[DeskReader, ...]:
        view = opened.request
        return desk_readers(
            self.conn, desk, partner_id=view.partner_id, not_here=view.conversation_id, now=NOW
        )

    def _put(self, table: Any, **row: Any) -> int:
        return int(self.conn.execute(table.insert().returning(table.c.id), row).scalar_one())


@contextmanager
def sent_by(conn: Connection) -> Iterator[list[Any]]:
    """Messages put into the outbox inside."""
    before = set(conn.execute(select(outbox.c.id)).scalars())
    found: list[Any] = []
    yield found
    found += [row for row in conn.execute(select(outbox).order_by(outbox.c.id)) if row.id not in before]


async def test_by_default_all_staff_with_a_conversation_are_told_each_once_where_they_were_met_last(
    store: Store,
) -> None:
    def unit(conn: Connection) -> tuple[DeskReader, ...]:
        office = Office(conn)
        an = office.person("An", language="en", time_zone="Europe/Brussels")
        office.direct("chat", "an", an)
        latest = office.direct("slack", "U1", an)
        office.direct("chat", "bo", office.person("Bo", Role.SUPPORT, language="bilingual"))
        office.direct("chat", "left", office.person("Left"), broken="gone")
        office.person("Silent")
        office.direct("chat", "wang", office.person("Wang", Role.PARTNER, partner="other"))
        office.talk("chat", "group", kind="group")
        found = office.readers(Desk(), office.ask())
        assert found[1].conversation_id == latest
        return found

    bo, an = await store.write(unit)
    assert (bo.name, bo.languages, bo.zone.key) == ("Bo", ("zh-Hans", "en"), "Europe/Brussels")
    assert (an.name, an.languages) == ("An", ("en",))


async def test_the_configured_desk_may_be_a_name_an_address_or_a_group(store: Store) -> None:
    def unit(conn: Connection) -> None:
        office = Office(conn)
        office.direct("chat", "an", office.person("An"))
        office.direct("chat", "bo", office.person("Bo"))
        office.direct("chat", "wang", office.person("Wang", Role.PARTNER, partner="other"))
        office.talk("slack", "C1", kind="group", title="Claims")
        office.talk("slack", "C2", kind="group", partner_id=office.partners["other"])
        office.talk("slack", "C3", kind="group", partner_id=office.partners["mine"])
        opened = office.ask()
        reached = partial(office.reached, opened=opened)
        assert reached(Desk(names=("An",))) == {"An"}
        assert reached(Desk(names=("chat:bo", "slack:C1"))) == {"Bo", "Claims"}
        assert reached(Desk(names=("Wang", "chat:wang", "chat:li", "slack:C2"))) == set()
        assert reached(Desk(names=("slack:C3",))) == {"C3"}
        assert reached(Desk(adapters=frozenset({"slack"}))) == set()

    await store.write(unit)


async def test_a_channel_that_can_only_answer_is_used_while_its_reply_route_lives(store: Store) -> None:
    def unit(conn: Connection) -> None:
        office, desk = Office(conn), Desk(reply_only=frozenset({"ding"}))
        alive = {"route_url": "https://x", "route_expires_at": NOW + timedelta(minutes=1)}
        office.direct("ding", "an", office.person("An"), **alive)
        office.direct("ding", "bo", office.person("Bo"), **alive | {"route_expires_at": NOW})
        office.direct("ding", "cy", office.person("Cy"))
        assert office.reached(desk, office.ask()) == {"An"}

    await store.write(unit)


async def test_in_a_group_of_the_partner_the_desk_is_told_without_the_askers_words(store: Store) -> None:
    def unit(conn: Connection) -> None:
        office = Office(conn)
        office.talk("slack", "C1", kind="group", language="en")
        office.talk("slack", "C3", kind="group", language="en", partner_id=office.partners["mine"])
        with sent_by(conn) as told:
            tell_desk(conn, office.ask("keep this from my boss", "LX1"), Desk(names=("slack:C1", "slack:C3")), now=NOW,
                      note=None)
        theirs, ours = (as_text(cards_from_json(row.cards)[0]) for row in told)
        assert "keep this from my boss" in ours
        assert "keep this from my boss" not in theirs
        assert "LX1" in theirs

    await store.write(unit)


async def test_the_desk_reads_partner_numbers_and_words_and_more_numbers_follow(store: Store) -> None:
    def unit(conn: Connection) -> None:
        office = Office(conn)
        office.direct("chat", "an", office.person("An", language="en"))
        with sent_by(conn) as first:
            assert tell_desk(conn, office.ask("damaged, call me"), Desk(), now=NOW, note=None) == ("An",)
        with sent_by(conn) as same:
            assert tell_desk(conn, office.ask("hello?"), Desk(), now=NOW, note=None) == ()
        with sent_by(conn) as more:
            assert tell_desk(conn, office.ask("it is LX1", "LX1"), Desk(), now=NOW, note=None) == ("An",)
        assert not same
        (told,), (again,) = first, more
        (card,) = cards_from_json(told.cards)
        text = as_text(card)
        for piece in ("New request C-1: talk to a person", "From: Mine", "damaged, call me", "[Close it] resolve C-1"):
            assert piece in text
        assert "Li" not in text
        (card,) = cards_from_json(again.cards)
        assert "LX1" in as_text(card)
        assert card.title.startswith("More numbers for request C-1")

    await store.write(unit)


async def test_it_is_known_who_was_told_when_and_who_could_not_be_reached(store: Store) -> None:
    def unit(conn: Connection) -> None:
        office = Office(conn)
        for name in ("An", "Bo", "Cy"):
            office.direct("chat", name, office.person(name))
        with sent_by(conn) as sent:
            tell_desk(conn, office.ask(), Desk(), now=NOW, note=None)
        first, second, _ = sent
        at = NOW + timedelta(seconds=2)
        conn.execute(outbox.update().where(outbox.c.id == first.id).values(state="sent", sent_at=at))
        conn.execute(outbox.update().where(outbox.c.id == second.id).values(state="dead"))
        told = {one.name: (one.at, one.failed) for one in told_of(conn, "C-1")}
        assert told == {"Cy": (at, False), "Bo": (None, True), "An": (None, False)}

    await store.write(unit)


async def test_what_went_out_in_one_message_with_others_was_told_with_it(store: Store) -> None:
    def unit(conn: Connection) -> None:
        office = Office(conn)
        office.direct("chat", "an", office.person("An"))
        with sent_by(conn) as sent:
            tell_desk(conn, office.ask(), Desk(), now=NOW, note=None)
            tell_desk(conn, office.ask("LX1", "LX1"), Desk(), now=NOW, note=None)
        first, bundle = sent
        conn.execute(outbox.update().where(outbox.c.id == first.id).values(state="bundled", bundle_id=bundle.id))
        (told,) = told_of(conn, "C-1")
        assert (told.at, told.failed) == (None, False)
        conn.execute(outbox.update().where(outbox.c.id == bundle.id).values(state="sent", sent_at=NOW))
        (told,) = told_of(conn, "C-1")
        assert told.at == NOW

    await store.write(unit)


async def test_requests_nobody_could_be_told_of_are_counted(store: Store) -> None:
    def unit(conn: Connection) -> None:
        office = Office(conn)
        opened = office.ask()
        assert tell_desk(conn, opened, Desk(), now=NOW, note=None) == ()
        assert untold(conn) == 1
        office.direct("chat", "an", office.person("An"))
        tell_desk(conn, opened, Desk(), now=NOW, note=None)
        assert untold(conn) == 0

    await store.write(unit)


async def test_a_request_that_waited_is_told_once_somebody_can_be_reached(store: Store) -> None:
    waiting = WaitingRequests(store, MovableClock(NOW), Desk())
    office = await store.write(lambda conn: (made := Office(conn), made.ask("call me"))[0])
    assert await waiting.tick() == 0

    def arrives(conn: Connection) -> None:
        office.conn = conn
        office.direct("chat", "an", office.person("An", language="en"))

    await store.write(arrives)
    assert (await waiting.tick(), await waiting.tick()) == (1, 0)
    (cards,) = await store.read(lambda conn: conn.execute(select(outbox.c.cards)).scalars().all())
    assert "call me" in as_text(cards_from_json(cards)[0])


async def test_staff_with_a_mail_address_are_written_to_though_they_never_wrote(store: Store) -> None:
    desk = Desk(by_address=frozenset({"mail"}))

    def unit(conn: Connection) -> list[Any]:
        office = Office(conn)
        for name, role in (("An", Role.OPERATOR), ("Bo", Role.SUPPORT), ("Wang", Role.PARTNER)):
            who = office.person(name, role, partner="other" if role is Role.PARTNER else "")
            conn.execute(contact_address.insert(), {
                "adapter": "mail" if name != "Bo" else "ding", "external_id": name, "contact_id": who.contact_id,
            })  # fmt: skip
        assert tell_desk(conn, office.ask("call me"), desk, now=NOW, note=None) == ("An",)
        assert tell_desk(conn, office.ask("LX1", "LX1"), desk, now=NOW, note=None) == ("An",)
        return list(conn.execute(select(conversation.c.kind).where(conversation.c.adapter == "mail")).scalars())

    assert await store.write(unit) == ["direct"]


async def test_of_a_named_desk_only_the_named_are_written_to_first(store: Store) -> None:
    def unit(conn: Connection) -> None:
        office = Office(conn)
        for name in ("An", "Bo", "Cy"):
            conn.execute(contact_address.insert(), {
                "adapter": "mail", "external_id": name.lower(), "contact_id": office.person(name).contact_id,
            })  # fmt: skip
        desk = Desk(names=("An", "mail:cy"), by_address=frozenset({"mail"}))
        told = tell_desk(conn, office.ask(), desk, now=NOW, note=None)
        assert sorted(told) == ["An", "Cy"]

    await store.write(unit)

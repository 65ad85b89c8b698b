"""Requests for a person: kept, added to, and known only to those they concern."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from bot.cases import RequestKind, RequestState
from bot.cases.service import find_request, list_requests, open_request, set_state
from bot.people import EVERYTHING, PartnerScope, Person, Role
from bot.people.tables import contact, conversation, partner
from bot.store import Store

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def people(conn: Connection) -> tuple[int, Person, Person, Person]:
    """A conversation, a person of one partner, one of another, an operator."""
    values = {"adapter": "chat", "external_id": "g", "kind": "group", "created_at": NOW}
    where = conn.execute(conversation.insert().returning(conversation.c.id), values).scalar_one()
    made = []
    for code in ("a", "b"):
        row = {"code": code, "name": code, "language": "en", "time_zone": "UTC", "calendar": "CN"}
        key = conn.execute(partner.insert().returning(partner.c.id), row).scalar_one()
        made.append(person(conn, code, Role.PARTNER, key))
    return where, made[0], made[1], person(conn, "op", Role.OPERATOR, None)


def person(conn: Connection, name: str, role: Role, partner_id: int | None) -> Person:
    row = {"name": name, "role": role, "partner_id": partner_id, "origin": "chat"}
    key = conn.execute(contact.insert().returning(contact.c.id), row).scalar_one()
    scope = EVERYTHING if partner_id is None else PartnerScope(frozenset({partner_id}))
    return Person(key, name, role, partner_id, scope, None, "UTC")


async def test_who_asks_again_adds_to_the_open_request(store: Store) -> None:
    def unit(conn: Connection) -> None:
        where, asker, _, _ = people(conn)

        def ask(text: str, now: datetime, *about: str, kind: RequestKind = RequestKind.PROBLEM) -> tuple[str, bool]:
            opened = open_request(
                conn, kind=kind, person=asker, conversation_id=where, text=text, about=about, now=now
            )
            return opened.request.ref, opened.created

        assert ask("damaged", NOW) == ("C-1", True)
        assert ask("it is LX1", NOW + timedelta(minutes=5), "LX1") == ("C-1", False)
        assert ask("LX2 too", NOW + timedelta(minutes=6), "LX2") == ("C-2", True)  # another parcel, another request
        assert ask("a person", NOW, kind=RequestKind.HANDOFF) == ("C-3", True)
        assert ask("damaged", NOW + timedelta(hours=3)) == ("C-4", True)
        first = find_request(conn, "c-1", asker)
        assert first is not None
        assert (first.text, first.about) == ("damaged\nit is LX1", ("LX1",))

    await store.write(unit)


async def test_a_case_of_another_partner_is_unknown_and_operators_see_all(store: Store) -> None:
    def unit(conn: Connection) -> None:
        where, mine, other, operator = people(conn)
        open_request(
            conn, kind=RequestKind.HANDOFF, person=mine, conversation_id=where, text="help", about=(), now=NOW
        )
        colleague = replace(mine, contact_id=other.contact_id)
        for sees in (mine, colleague, operator, None):
            assert find_request(conn, "C-1", sees) is not None
        nothing = replace(other, scope=PartnerScope(frozenset()))
        for blind in (other, nothing):
            assert find_request(conn, "C-1", blind) is None
            assert list_requests(conn, person=blind) == ()
            assert set_state(conn, "C-1", blind, RequestState.CLOSED, now=NOW) is None
        assert [view.ref for view in list_requests(conn, person=colleague)] == ["C-1"]
        assert list_requests(conn, person=colleague, mine=True) == ()

    await store.write(unit)


async def test_closing_is_seen_and_a_later_wish_is_a_new_request(store: Store) -> None:
    def unit(conn: Connection) -> None:
        where, mine, _, _ = people(conn)

        def ask() -> str:
            return open_request(
                conn, kind=RequestKind.HANDOFF, person=mine, conversation_id=where, text="help", about=(), now=NOW
            ).request.ref

        assert ask() == "C-1"
        before = set_state(conn, "C-1", mine, RequestState.CLOSED, now=NOW)
        assert before is not None
        assert before.state is RequestState.OPEN
        assert ask() == "C-2"
        assert [view.ref for view in list_requests(conn, state=RequestState.OPEN)] == ["C-2"]
        assert find_request(conn, "C-99999999999", mine) is None
        assert find_request(conn, "A-1", mine) is None

    await store.write(unit)

"""Mail through a whole service: a question in by SMTP, the answer out by SMTP; forged mail learns nothing."""

from collections.abc import AsyncIterator
from typing import Any

import aiosmtplib
import pytest
from aiohttp import ClientSession

from adapters.email import EmailAdapter
from bot.app import Service
from bot.cases.service import list_requests
from tests.adapters.email.mailbox import MailServer, written
from tests.flows.conftest import NUMBER, THEIRS, configuration, event, serving, until

LI = "li@partner.example"


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer() as server:
        yield server


@pytest.fixture
async def service(sqlite_url: str, server: MailServer) -> AsyncIterator[Service]:
    mail: dict[str, Any] = {
        "name": "mail", "type": "email", "address": "bot@pb.example", "partner": "CAINIAO",
        "domains": ["partner.example"], "trust": {"authserv_id": "mx.pb.example"},
        "smtp": {"host": "127.0.0.1", "port": server.port, "security": "none"}, "listener": {"port": 0},
    }
    raw = configuration(sqlite_url, mail)
    raw["contacts"] += [
        {"name": "Anna", "role": "operator", "language": "en", "addresses": {"mail": "anna@bpost.example"}},
    ]
    async with serving(raw) as service:
        await service.rooms.ingest.take_objects([event(), event(THEIRS, "JITU")], partner=None, source="test")
        yield service


async def send(service: Service, raw: bytes) -> None:
    adapter = service.rooms.adapters["mail"]
    assert isinstance(adapter, EmailAdapter)
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=adapter.listening_port, timeout=5) as client:
        await client.sendmail(LI, ["bot@pb.example"], raw)


async def settled(service: Service) -> None:
    """Everything that came in was worked on."""
    await until(lambda: service.rooms.workers.in_work == 0 and service.rooms.sender.in_flight == 0)


def answered(server: MailServer) -> list[str]:
    """Whom mail went to, beside the desk that is told of a request."""
    told = [taken for taken in server.taken if "unverified:" in taken.seen or "not answered" in taken.seen]
    assert all(taken.recipients == ("anna@bpost.example",) for taken in told)
    return [str(taken.mail["To"]) for taken in server.taken if taken not in told]


async def test_a_question_is_answered_in_its_thread(service: Service, server: MailServer) -> None:
    await send(service, written(f"{NUMBER} 到哪了？", subject="查询", key="q1"))
    await until(lambda: server.taken)
    (answer,) = server.taken
    mail = answer.mail
    assert answer.recipients == (LI,)
    assert NUMBER in answer.part("plain")
    assert NUMBER in answer.part("html")
    assert mail["Subject"] == "Re: 查询"
    assert mail["In-Reply-To"] == mail["References"] == "<q1@partner.example>"
    assert mail["Auto-Submitted"] == "auto-replied"


async def test_a_reply_to_the_answer_means_its_parcel(service: Service, server: MailServer) -> None:
    await send(service, written(f"{NUMBER} 到哪了？", key="q1"))
    await until(lambda: server.taken)
    own_id = str(server.taken[0].mail["Message-ID"])
    told = server.taken[0].part("plain")
    reply = f'什么时候能到？\n\n在 2026-11-26 09:00:05，"bot" <bot@pb.example> 写道：\n>{told}'
    await send(service, written(reply, key="q2", In_Reply_To=own_id, References=f"<q1@partner.example> {own_id}"))
    await until(lambda: len(server.taken) == 2)
    answer = server.taken[1]
    assert NUMBER in answer.part("plain")
    assert str(answer.mail["References"]).split() == ["<q1@partner.example>", own_id, "<q2@partner.example>"]


async def test_the_same_mail_twice_is_answered_once(service: Service, server: MailServer) -> None:
    for _ in range(2):
        await send(service, written(f"{NUMBER} 到哪了？", key="q1"))
    await send(service, written("谢谢", key="q2"))
    await until(lambda: len(server.taken) == 2)
    await settled(service)
    assert len(server.taken) == 2


@pytest.mark.parametrize("sender", [LI, "anna@bpost.example", "nobody@evil.example"])
async def test_a_forged_mail_learns_nothing_and_is_looked_at_by_a_person(
    service: Service, server: MailServer, sender: str
) -> None:
    await send(service, written(f"{NUMBER} 到哪了？", sender=sender, passed=False))
    await settled(service)
    requests = await service.rooms.store.read(lambda conn: list_requests(conn))
    assert [(one.person, one.stranger, one.text) for one in requests] == [
        (f"unverified:{sender}", True, f"{NUMBER} 到哪了？")]
    assert answered(server) == []


async def test_an_authenticated_stranger_is_not_answered_either(service: Service, server: MailServer) -> None:
    await send(service, written(f"{NUMBER} 到哪了？", sender="sam@elsewhere.example"))
    await settled(service)
    requests = await service.rooms.store.read(lambda conn: list_requests(conn))
    assert [one.person for one in requests] == ["sam@elsewhere.example"]
    assert answered(server) == []


@pytest.mark.parametrize(("sender", "passed"), [("sam@elsewhere.example", True), (LI, False)])
async def test_who_got_hold_of_the_address_answers_go_to_learns_nothing_by_it(
    service: Service, server: MailServer, sender: str, passed: bool
) -> None:
    await send(service, written(f"{NUMBER} 到哪了？", key="q1"))
    await until(lambda: server.taken)
    stolen = str(server.taken[0].mail["Reply-To"])
    assert stolen.startswith("bot+r-")
    forged = written("什么时候到？", sender=sender, passed=passed, key="q2")
    await send(service, forged.replace(b"To: bot@pb.example", f"To: {stolen}".encode()))
    await settled(service)
    assert answered(server) == [LI]
    await send(service, written("什么时候到？", key="q3").replace(b"To: bot@pb.example", f"To: {stolen}".encode()))
    await until(lambda: answered(server) == [LI, LI])


async def test_staff_of_the_partners_domain_see_their_own_parcels_only(service: Service, server: MailServer) -> None:
    await send(service, written(f"{THEIRS} 到哪了？", sender="new@partner.example", key="q1"))
    await until(lambda: server.taken)
    assert "HGH" not in server.taken[0].part("plain")
    await send(service, written(f"{THEIRS} where is it?", sender="anna@bpost.example", key="q2"))
    await until(lambda: len(server.taken) == 2)
    assert THEIRS in server.taken[1].part("plain")


async def test_an_automatic_reply_is_stored_and_not_answered(service: Service, server: MailServer) -> None:
    await send(service, written("我在休假", key="q1", Auto_Submitted="auto-replied"))
    await settled(service)
    assert server.taken == []
    assert await service.rooms.store.read(lambda conn: list_requests(conn)) == ()


async def test_a_bounce_marks_the_conversation_until_its_person_writes_again(
    service: Service, server: MailServer
) -> None:
    await send(service, written(f"{NUMBER} 到哪了？", key="q1"))
    await until(lambda: server.taken)
    await settled(service)
    report = (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.partner.example\r\nSubject: Undelivered\r\nMessage-ID: <d1@mx>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="r"\r\n\r\n--r\r\n'
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        f"Final-Recipient: rfc822; {LI}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--r--\r\n"
    )
    adapter = service.rooms.adapters["mail"]
    assert isinstance(adapter, EmailAdapter)
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=adapter.listening_port, timeout=5) as client:
        await client.sendmail("", [server.taken[0].sender], report)
    async with ClientSession() as session, session.get(f"{service.address}/readyz") as answer:
        assert "outbox.broken" in await answer.text()
    await send(service, written("谢谢", key="q2"))
    await until(lambda: len(server.taken) == 2)

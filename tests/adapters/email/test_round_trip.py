"""A whole service between a real Postfix and a real Dovecot: a question in by SMTP, the answer out by SMTP."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.app import Service
from bot.cases.service import list_requests
from tests.adapters.email.mailbox import Taken, written
from tests.adapters.email.servers import Servers
from tests.flows.conftest import NUMBER, configuration, event, serving, until
from tests.flows.test_workbook import NUMBERS, late
from tests.workbook.books import rows_of

pytestmark = pytest.mark.mail
AGENT = "agent@pb.example"


@pytest.fixture
async def service(sqlite_url: str, servers: Servers) -> AsyncIterator[Service]:
    login = {"host": "localhost", "username": "bot", "password": "secret", "ca_file": servers.ca_file}
    mail: dict[str, Any] = {
        "name": "mail", "type": "email", "address": "bot@pb.example", "trust": {"authserv_id": "mx.pb.example"},
        "smtp": {**login, "port": servers.ports["submission"]}, "imap": {**login, "port": servers.ports["imaps"]},
    }
    raw = configuration(sqlite_url, mail)
    raw["contacts"] += [{"name": "王伟", "partner": "CAINIAO", "addresses": {"mail": AGENT}}]
    servers.empty()
    servers.empty("agent")
    async with serving(raw) as service:
        await service.rooms.ingest.take_objects([event()], partner=None, source="test")
        yield service


async def test_a_question_goes_round_and_its_thread_stays_whole(service: Service, servers: Servers) -> None:
    question = written(f"{NUMBER} 到哪了？", sender=f"王伟 <{AGENT}>", subject="查询", key="q1", passed=False)
    servers.deliver(question.partition(b"ESMTPS id 1")[2].partition(b"\r\n")[2], sender=AGENT)
    await until(lambda: servers.count("INBOX", "agent") == 1, 20.0)
    answer = Taken("", (), servers.newest()).mail
    assert NUMBER in Taken("", (), servers.newest()).part("plain")
    assert (answer["Subject"], answer["In-Reply-To"]) == ("Re: 查询", "<q1@partner.example>")
    assert answer["Return-Path"].startswith("<bot+b-")
    await until(lambda: servers.count("Processed") == 1)


async def test_the_same_words_from_a_forger_are_not_answered(service: Service, servers: Servers) -> None:
    servers.deliver(written(f"{NUMBER} 到哪了？", sender=AGENT, key="f1"), sender="x@evil.example")
    await until(lambda: servers.count("Processed") == 1, 20.0)
    await until(lambda: service.rooms.workers.in_work == 0)
    assert servers.count("INBOX", "agent") == 0
    (request,) = await service.rooms.store.read(lambda conn: list_requests(conn))
    assert request.person == f"unverified:{AGENT}"


async def test_what_came_while_the_service_was_down_is_answered_when_it_is_back(
    sqlite_url: str, service: Service, servers: Servers
) -> None:
    await service.stop()
    question = written(f"{NUMBER} 到哪了？", sender=AGENT, key="q2", passed=False)
    servers.deliver(question.partition(b"ESMTPS id 1")[2].partition(b"\r\n")[2], sender=AGENT)
    again = Service(service.settings)
    await again.start()
    await until(lambda: servers.count("INBOX", "agent") == 1, 20.0)
    assert await again.stop()


async def test_a_long_list_and_an_alert_come_with_their_workbook(service: Service, servers: Servers) -> None:
    await service.rooms.ingest.take_objects([event(number) for number in NUMBERS], partner=None, source="test")
    for key, text, mails in (("q1", "\n".join(NUMBERS), 1), ("q2", "关注所有包裹", 2)):
        question = written(text, sender=AGENT, key=key, passed=False)
        servers.deliver(question.partition(b"ESMTPS id 1")[2].partition(b"\r\n")[2], sender=AGENT)
        await until(lambda wanted=mails: servers.count("INBOX", "agent") == wanted, 20.0)  # type: ignore[misc]
    ref = await late(service)
    await until(lambda: servers.count("INBOX", "agent") == 3, 20.0)
    [attached] = Taken("", (), servers.newest()).mail.iter_attachments()
    assert ref in str(attached.get_filename())
    assert sorted(row["单号"] for row in rows_of(attached.get_content())) == sorted([NUMBER, *NUMBERS])

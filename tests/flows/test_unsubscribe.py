"""The link in every alert: a look changes nothing, one click ends the alerts, strangers' links do nothing."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession
from sqlalchemy import select

from bot.alerts.subscriptions import all_subscriptions
from bot.app import Service
from bot.contracts import Card
from bot.outbox import MessageClass, OutgoingMessage, enqueue
from bot.people.tables import conversation
from tests.adapters.email.mailbox import MailServer, written
from tests.flows.conftest import NUMBER, configuration, event, serving, until
from tests.flows.test_mail import send


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer() as server:
        yield server


@pytest.fixture
async def service(store_url: str, server: MailServer) -> AsyncIterator[Service]:
    mail: dict[str, Any] = {
        "name": "mail", "type": "email", "address": "bot@pb.example", "partner": "CAINIAO",
        "domains": ["partner.example"], "trust": {"authserv_id": "mx.pb.example"},
        "smtp": {"host": "127.0.0.1", "port": server.port, "security": "none"}, "listener": {"port": 0},
    }
    raw = configuration(store_url, mail)
    raw["web"] = {"port": 0, "public_url": "https://bridge.example"}
    async with serving(raw) as service:
        await service.rooms.ingest.take_objects([event()], partner=None, source="test")
        yield service


async def follows(service: Service) -> int:
    return len(await service.rooms.store.read(all_subscriptions))


async def alerted(service: Service, server: MailServer) -> str:
    """Follow a parcel, be alerted, and look at the link of the alert."""
    await send(service, written(f"关注 {NUMBER}", key="q1"))
    await until(lambda: server.taken)
    assert await follows(service) == 1

    def alert(conn: Any) -> None:
        place = conn.execute(select(conversation.c.id).where(conversation.c.adapter == "mail")).scalar_one()
        card = Card(language="zh-Hans", title=f"{NUMBER} 延误", reference="A-1024")
        enqueue(conn, OutgoingMessage(
            conversation_id=place, queue="push", message_class=MessageClass.ALERT, dedup_key="a1", cards=(card,),
            language="zh-Hans",
        ), service.clock.now())

    await service.rooms.store.write(alert)
    await until(lambda: len(server.taken) == 2)
    mail = server.taken[1].mail
    assert mail["Subject"] == f"{NUMBER} 延误 [PB-A1024]"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    links = str(mail["List-Unsubscribe"])
    found = re.match(r"<https://bridge\.example(/unsubscribe/[^>]+)>, <mailto:bot@pb\.example", links)
    assert found is not None
    return found[1]


async def test_looking_at_the_link_changes_nothing_and_one_click_ends_it(
    service: Service, server: MailServer
) -> None:
    path = await alerted(service, server)
    async with ClientSession(service.address) as browser:
        async with browser.get(path) as page:
            assert page.status == 200
            assert "是否停止" in await page.text()
        assert await follows(service) == 1
        async with browser.post(path, data={"List-Unsubscribe": "One-Click"}, allow_redirects=False) as answer:
            assert answer.status == 200
            assert "已停止" in await answer.text()
        assert await follows(service) == 0
        async with browser.post(path) as again:
            assert "无需停止" in await again.text()


@pytest.mark.parametrize("token", [
    "x", "0f8fad5b-d9cb-469f-a165-70867728950e.69565f80", "0f8fad5b-d9cb-469f-a165-70867728950e", "%00", "a.ffffffffff",
])
async def test_a_token_nobody_was_given_does_nothing(service: Service, server: MailServer, token: str) -> None:
    await alerted(service, server)
    async with ClientSession(service.address) as browser:
        for method in ("GET", "POST"):
            async with browser.request(method, f"/unsubscribe/{token}") as answer:
                assert answer.status == 404
    assert await follows(service) == 1


async def test_an_answer_carries_no_such_link(service: Service, server: MailServer) -> None:
    await send(service, written(f"{NUMBER} 到哪了", key="q1"))
    await until(lambda: server.taken)
    assert server.taken[0].mail["List-Unsubscribe"] is None


async def test_the_mail_form_of_the_link_is_understood_too(service: Service, server: MailServer) -> None:
    await alerted(service, server)
    await send(service, written("", key="q9", subject="unsubscribe"))
    await until(lambda: len(server.taken) == 3)
    assert await follows(service) == 0

"""A long list comes as a workbook, on every channel its own way, through whole services."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.alerts.sweep import Sweeper
from bot.app import Service, attaching
from bot.clock import MovableClock
from bot.delays import Standards
from bot.settings.model import AlertSettings, QuietHours
from bot.testing import FakeDingTalk
from bot.testing.slack import FakeSlack
from tests.adapters.email.mailbox import MailServer, written
from tests.flows.conftest import configuration, event, serving, until
from tests.flows.test_mail import send
from tests.workbook.books import about, rows_of

NUMBERS = [f"LP00123456{n:06d}" for n in range(20)]
THEIRS = "LP00999999000001"
LINES = 15
MINUTE = timedelta(minutes=1)


@asynccontextmanager
async def loaded(raw: dict[str, Any]) -> AsyncIterator[Service]:
    """A service that knows twenty parcels of the partner, and one of another."""
    events = [event(number) for number in NUMBERS] + [event(THEIRS, "JITU")]
    async with serving(raw) as service:
        await service.rooms.ingest.take_objects(events, partner=None, source="t")
        yield service


def asked(more: str = "") -> str:
    return "\n".join([*NUMBERS, THEIRS, more])


def is_the_list(content: bytes) -> bool:
    """One row a number in the order asked; the other partner's is as unknown as none."""
    said = [(row["单号"], row["Status"]) for row in rows_of(content)]
    return said == [*((number, "Accepted at origin") for number in NUMBERS), (THEIRS, "Not found")]


async def late(service: Service) -> str:
    """Everything collected on the 20th is overdue, and that is told; the alert's reference."""
    clock = MovableClock(service.clock.now() - 40 * MINUTE)
    settings = AlertSettings(quiet_hours=QuietHours(enabled=False))
    sweeper = Sweeper(service.rooms.store, clock, settings, Standards(), attach=attaching(service.rooms.adapters))
    for _ in range(3):
        await sweeper.tick()
        clock.advance(11 * MINUTE)
    return "A-1"


def mailing(url: str, server: MailServer, **more: Any) -> dict[str, Any]:
    return configuration(url, {
        "name": "mail", "type": "email", "address": "bot@pb.example", "partner": "CAINIAO",
        "domains": ["partner.example"], "trust": {"authserv_id": "mx.pb.example"},
        "smtp": {"host": "127.0.0.1", "port": server.port, "security": "none"}, "listener": {"port": 0}, **more,
    })  # fmt: skip


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer() as server:
        yield server


async def test_dingtalk_shows_fifteen_lines_and_sends_the_workbook_behind_them(
    store_url: str, dingtalk: FakeDingTalk
) -> None:
    async with loaded(configuration(store_url, dingtalk.configuration(partner="CAINIAO"))) as service:
        await dingtalk.call(f"{service.address}/webhooks/dingtalk", dingtalk.says(asked()))
        await until(lambda: len(dingtalk.posts) == 2)
        assert [number in dingtalk.posts[0].text for number in NUMBERS] == [True] * LINES + [False] * 5
        [content] = dingtalk.openapi.media.values()
        assert is_the_list(content)
        assert dingtalk.posts[1].text.startswith("[包裹清单_")


async def test_a_short_list_is_answered_in_the_message_alone_and_exported_when_asked(
    sqlite_url: str, dingtalk: FakeDingTalk
) -> None:
    async with loaded(configuration(sqlite_url, dingtalk.configuration(partner="CAINIAO"))) as service:
        hook = f"{service.address}/webhooks/dingtalk"
        await dingtalk.call(hook, dingtalk.says("\n".join(NUMBERS[:3])))
        await until(lambda: dingtalk.posts)
        assert dingtalk.openapi.media == {}
        await dingtalk.call(hook, dingtalk.says("把表格发我"))
        await until(lambda: dingtalk.openapi.media)
        [content] = dingtalk.openapi.media.values()
        assert [row["单号"] for row in rows_of(content)] == NUMBERS[:3]


async def test_slack_gets_it_as_an_upload(sqlite_url: str) -> None:
    async with FakeSlack() as slack, loaded(
        configuration(sqlite_url, slack.configuration(partner="CAINIAO", guests_belong=True))
    ) as service:
        await slack.call(f"{service.address}/webhooks/slack", slack.says(asked("在哪")))
        await until(lambda: any(file.shared for file in slack.world.files.values()))
        [file] = slack.world.files.values()
        assert is_the_list(file.content)
        assert file.name.endswith(".xlsx")


async def test_the_page_offers_it_beside_every_line(sqlite_url: str) -> None:
    async with loaded(configuration(sqlite_url)) as service, ClientSession(service.address) as browser:
        async with browser.post("/api/v1/chat", json={"contact": "lina", "text": asked()}) as answer:
            [reply] = (await answer.json())["replies"]
        assert all(number in reply["text"] for number in NUMBERS)
        [file] = reply["files"]
        async with browser.get(file["url"]) as download:
            assert is_the_list(await download.read())


async def test_a_mailed_question_is_answered_with_it_attached(store_url: str, server: MailServer) -> None:
    async with loaded(mailing(store_url, server)) as service:
        await send(service, written(asked("都到哪了？"), key="q1"))
        await until(lambda: server.taken)
        [attached] = server.taken[0].mail.iter_attachments()
        assert is_the_list(attached.get_content())


async def test_an_alert_in_a_mailbox_carries_its_list_and_one_in_dingtalk_is_exported_on_request(
    store_url: str, server: MailServer, dingtalk: FakeDingTalk
) -> None:
    raw = mailing(store_url, server)
    raw["adapters"].append(dingtalk.configuration(partner="CAINIAO"))
    async with loaded(raw) as service:
        hook = f"{service.address}/webhooks/dingtalk"
        await dingtalk.call(hook, dingtalk.says("关注所有包裹"))
        await send(service, written("关注所有包裹", key="q1"))
        await until(lambda: server.taken and dingtalk.posts)
        ref = await late(service)
        await until(lambda: len(server.taken) == 2 and len(dingtalk.posts) == 2)
        [attached] = server.taken[1].mail.iter_attachments()
        rows = rows_of(attached.get_content())
        assert sorted(row["单号"] for row in rows) == NUMBERS
        assert str(attached.get_filename()).startswith(f"晚点包裹_{ref}_")
        assert all(row["已延误（小时）"] > 0 for row in rows)
        assert about(attached.get_content())["清单"].startswith(ref)
        assert dingtalk.openapi.media == {}
        await dingtalk.call(hook, dingtalk.says(f"导出 {ref}"))
        await until(lambda: dingtalk.openapi.media)
        [content] = dingtalk.openapi.media.values()
        assert sorted(row["单号"] for row in rows_of(content)) == NUMBERS


async def test_a_long_list_of_late_parcels_comes_whole_and_a_short_one_when_it_is_exported(
    sqlite_url: str, dingtalk: FakeDingTalk
) -> None:
    async with loaded(configuration(sqlite_url, dingtalk.configuration(partner="CAINIAO"))) as service:
        await late(service)
        hook = f"{service.address}/webhooks/dingtalk"
        await dingtalk.call(hook, dingtalk.says("有哪些延误的包裹"))
        await until(lambda: len(dingtalk.posts) == 2)
        [content] = dingtalk.openapi.media.values()
        assert sorted(row["单号"] for row in rows_of(content)) == NUMBERS
        assert sum(number in dingtalk.posts[0].text for number in NUMBERS) == LINES
        at = "2026-11-24T10:00:00+01:00"
        later = [event(number, milestone="DELIVERED", occurred_at=at, reported_at=at) for number in NUMBERS[2:]]
        await service.rooms.ingest.take_objects(later, partner=None, source="t")
        await dingtalk.call(hook, dingtalk.says("有哪些延误的包裹"))
        await until(lambda: len(dingtalk.posts) == 3)
        await dingtalk.call(hook, dingtalk.says("导出"))
        await until(lambda: len(dingtalk.openapi.media) == 2)
        assert sorted(row["单号"] for row in rows_of([*dingtalk.openapi.media.values()][1])) == NUMBERS[:2]


async def test_so_does_the_list_of_what_is_late_on_a_flight(sqlite_url: str, dingtalk: FakeDingTalk) -> None:
    async with loaded(configuration(sqlite_url, dingtalk.configuration(partner="CAINIAO"))) as service:
        aboard = [event(number, linehaul="CV7911/2026-11-21", event_id=f"{number}-2") for number in NUMBERS[:16]]
        await service.rooms.ingest.take_objects(aboard, partner=None, source="t")
        await late(service)
        await dingtalk.call(f"{service.address}/webhooks/dingtalk", dingtalk.says("CV7911 上有哪些延误的包裹"))
        await until(lambda: len(dingtalk.posts) == 2)
        [content] = dingtalk.openapi.media.values()
        assert sorted(row["单号"] for row in rows_of(content)) == NUMBERS[:16]
        assert {row["航班／车次"] for row in rows_of(content)} == {"CV7911"}

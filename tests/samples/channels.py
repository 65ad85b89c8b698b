"""One service with all four channels, and the same question asked on each of them."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Any

import aiosmtplib
from aiohttp import ClientSession

from adapters.email import EmailAdapter
from bot.app import Service
from bot.clock import MovableClock
from bot.contracts import Card
from bot.settings.load import check_settings
from bot.testing import FakeDingTalk
from bot.testing.slack import FakeSlack
from tests.adapters.email.mailbox import MailServer, written
from tests.flows.conftest import configuration, event, until

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LI = "li@partner.example"
TRAIL = (
    ("COLLECTED", "2026-11-20T10:00:00+08:00"), ("LINEHAUL_DEPARTED", "2026-11-22T21:30:00+08:00"),
    ("LINEHAUL_ARRIVED", "2026-11-23T05:40:00+01:00"), ("HUB_RECEIVED", "2026-11-23T09:15:00+01:00"),
    ("IMPORT_CUSTOMS_HELD", "2026-11-23T14:02:00+01:00"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answers:
    """What one question was answered with: the card, and what readers of each channel got."""

    card: Card
    seen: dict[str, str]
    """By channel: what a reader reads."""
    raw: dict[str, str]
    """By file name: as it travelled."""


@dataclass(frozen=True, slots=True)
class Channels:
    """The service and the far ends."""

    service: Service
    dingtalk: FakeDingTalk
    slack: FakeSlack
    mail: MailServer
    client: ClientSession

    async def ask(self, question: str, key: str) -> Answers:
        """The same words on every channel."""
        adapter = self.service.rooms.adapters["mail"]
        assert isinstance(adapter, EmailAdapter)
        address = self.service.address
        subject = "Question" if question.isascii() else "查询"
        card = await self._ask_locally(question)
        counts = len(self.dingtalk.posts), len(self.slack.posts), len(self.mail.taken)
        await self.dingtalk.call(f"{address}/webhooks/dingtalk", self.dingtalk.says(question))
        await self.slack.call(f"{address}/webhooks/slack", self.slack.says(question))
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=adapter.listening_port, timeout=5) as smtp:
            await smtp.sendmail(LI, ["bot@pb.example"], written(question, key=key, subject=subject))
        await until(lambda: min(len(self.dingtalk.posts) - counts[0], len(self.slack.posts) - counts[1],
                                len(self.mail.taken) - counts[2]) > 0)
        post, message, mail = self.dingtalk.posts[-1], self.slack.posts[-1], self.mail.taken[-1]
        plain, page = mail.part("plain"), mail.part("html")
        seen = {"dingtalk": post.text, "slack": message.text.replace("\u200b", ""), "mail, text": mail.seen,
                "mail, HTML": unescape(page)}
        shown = {"channel": "C0FAKECHAN", **{key: message.body[key] for key in ("text", "blocks")}}
        raw = {"dingtalk.json": _pretty(post.body), "slack.json": _pretty(shown), "mail.txt": plain, "mail.html": page,
               "local.json": _pretty(card.model_dump(mode="json", exclude_defaults=True))}
        return Answers(card, seen, raw)

    async def _ask_locally(self, question: str) -> Card:
        chat = {"contact": "lina", "text": question}
        async with self.client.post(f"{self.service.address}/api/v1/chat", json=chat) as response:
            answer = await response.json()
        return Card.model_validate(answer["replies"][0]["card"])


@asynccontextmanager
async def channels(url: str) -> AsyncIterator[Channels]:
    """A service on a store of its own, with a parcel that customs hold."""
    clock = MovableClock(NOW)
    async with FakeDingTalk(clock.now) as dingtalk, FakeSlack(clock.now) as slack, MailServer() as mail:
        service = Service(check_settings(_settings(url, dingtalk, slack, mail), "samples"), clock=clock)
        await service.start()
        try:
            events = [event(milestone=name, occurred_at=at, reported_at=at) for name, at in TRAIL]
            await service.rooms.ingest.take_objects(events, partner=None, source="samples")
            async with ClientSession() as client:
                yield Channels(service, dingtalk, slack, mail, client)
        finally:
            assert await service.stop()


def _settings(url: str, dingtalk: FakeDingTalk, slack: FakeSlack, mail: MailServer) -> dict[str, Any]:
    mailbox: dict[str, Any] = {
        "name": "mail", "type": "email", "address": "bot@pb.example", "partner": "CAINIAO",
        "domains": ["partner.example"], "trust": {"authserv_id": "mx.pb.example"},
        "smtp": {"host": "127.0.0.1", "port": mail.port, "security": "none"}, "listener": {"port": 0},
    }
    robot = dingtalk.configuration(partner="CAINIAO")
    return configuration(url, robot, slack.configuration(partner="CAINIAO"), mailbox)


def _pretty(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"

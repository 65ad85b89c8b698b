"""A stage for dialogues: the real inbox, handler, outbox and sender, with an adapter that keeps what it is sent."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import func, select

from bot.alerts.sweep import Sweeper
from bot.app import make_services
from bot.clock import MovableClock
from bot.contracts import (
    AdapterHost,
    Attachment,
    Capabilities,
    Card,
    ConversationAddress,
    ConversationKind,
    DeliveryOutcome,
    Health,
    InboundMessage,
    MessageKind,
    OutboundMessage,
    Quoted,
    Sender,
    Sent,
    WebhookRequest,
    WebhookResponse,
    as_text,
)
from bot.delays import Standards
from bot.inbox import Inbox, Workers
from bot.inbox.tables import inbox
from bot.outbox import Sender as Sending
from bot.outbox.tables import outbox
from bot.outside.proposal import Door
from bot.people.service import ContactEntry, PartnerEntry, take_over_contacts, take_over_partners
from bot.settings.model import AlertSettings, QuietHours, Settings
from bot.skills.base import Skill
from bot.skills.handler import Conversationalist
from bot.skills.memory import note_push
from bot.skills.registry import SKILLS
from bot.store import Store
from bot.tracking.ingest import Ingest

NOW = datetime(2026, 11, 24, 7, 2, tzinfo=UTC)  # a Tuesday, 15:02 in Beijing, 08:02 in Brussels
PARTNERS = (
    PartnerEntry("cainiao", "Cainiao", "zh-Hans", "Asia/Shanghai", "CN"),
    PartnerEntry("yanwen", "Yanwen", "zh-Hans", "Asia/Shanghai", "CN"),
)
CONTACTS = (
    ContactEntry("Li Na", "partner", "cainiao", addresses=(("chat", "li"),)),
    ContactEntry("Wang Wei", "partner", "yanwen", addresses=(("chat", "wang"),)),
    ContactEntry("Marie Peeters", "operator", language="en", time_zone="Europe/Brussels",
                 addresses=(("chat", "marie"),)),
)  # fmt: skip


class NoEstimates:
    """Says nothing about the future."""

    def estimate(self, subject: object, now: datetime) -> None:
        return None


@dataclass
class KeepingAdapter:
    """Takes every message and keeps it."""

    name: str
    sent: list[OutboundMessage] = field(default_factory=list)
    capabilities: Capabilities = Capabilities(max_bytes=20_000)  # noqa: RUF009 - frozen

    async def start(self, host: AdapterHost) -> None:
        return None

    async def stop(self) -> None:
        return None

    async def send(self, message: OutboundMessage) -> DeliveryOutcome:
        self.sent.append(message)
        return Sent()

    async def handle_webhook(self, request: WebhookRequest) -> WebhookResponse:
        return WebhookResponse(404)

    def health(self) -> Health:
        return Health(ok=True)

    async def check(self, host: AdapterHost) -> Health:
        return self.health()


@dataclass
class Heard:
    """What came back to one message."""

    messages: list[OutboundMessage]

    @property
    def cards(self) -> list[Card]:
        return [card for message in self.messages for card in message.cards]

    @property
    def text(self) -> str:
        """Everything a reader sees."""
        return "\n".join(as_text(card) for card in self.cards)

    def says(self, *pieces: str) -> "Heard":
        for piece in pieces:
            assert piece in self.text, f"{piece!r} is not in:\n{self.text}"
        return self

    def keeps_quiet_about(self, *pieces: str) -> "Heard":
        for piece in pieces:
            assert piece not in self.text, f"{piece!r} is in:\n{self.text}"
        return self

    @property
    def is_silence(self) -> bool:
        return not self.messages

    def button(self, label: str) -> str:
        """What pressing a button says."""
        for card in self.cards:
            for action in card.actions:
                if action.label == label:
                    return action.say
        raise AssertionError(f"no button {label!r} in:\n{self.text}")


@dataclass
class Stage:
    """Where people talk to the bot."""

    store: Store
    clock: MovableClock
    handler: Conversationalist
    adapters: Mapping[str, KeepingAdapter]
    way_in: Inbox
    sweeper: Sweeper
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def load(self, *rows: dict[str, Any]) -> None:
        """Events are reported."""
        counts, errors = await Ingest(self.store, self.clock, standards=Standards()).take_objects(
            rows, partner=None, source="feed"
        )
        assert not errors, errors
        assert counts.new == len(rows)

    async def alerts(self, who: str) -> Heard:
        """Time passes until what is late was told; what reached the adapter meanwhile, to that person or group."""
        before = len(self.adapters["chat"].sent)
        for _ in range(4):
            await self.sweeper.tick()
            await self._settled()
            self.later(minutes=11)
        sent = self.adapters["chat"].sent[before:]
        return Heard([message for message in sent if message.conversation.external_id == who])

    async def say(
        self, who: str, text: str = "", *, group: str | None = None, adapter: str = "chat", outsider: bool = False,
        kind: MessageKind = MessageKind.TEXT, quoted: str | None = None, files: tuple[str, ...] = (),
        automated: bool = False, from_self: bool = False,
    ) -> Heard:  # fmt: skip
        """A person says something; returns what was answered once the message is closed."""
        place = ConversationKind.GROUP if group else ConversationKind.DIRECT
        message = InboundMessage(
            message_id=f"m{next(self.numbers)}",
            conversation=ConversationAddress(adapter=adapter, external_id=group or who, kind=place),
            sender=Sender(external_id=who, name=who.title(), outsider=outsider),
            kind=kind, text=text, sent_at=self.clock.now(), automated=automated, from_self=from_self,
            quoted=Quoted(text=quoted) if quoted is not None else None,
            attachments=tuple(Attachment(name=name, handle=name) for name in files),
        )  # fmt: skip
        box = self.adapters[adapter].sent
        before = len(box)
        await self.way_in.receive(message)
        await self._settled()
        return Heard(box[before:])

    def later(self, **span: float) -> None:
        """Time passes."""
        self.clock.advance(timedelta(**span))

    async def _settled(self) -> None:
        async with asyncio.timeout(20):
            while await self.store.read(lambda conn: conn.execute(select(
                select(func.count()).select_from(inbox).where(inbox.c.finished_at.is_(None)).scalar_subquery()
                + select(func.count()).select_from(outbox).where(outbox.c.finished_at.is_(None)).scalar_subquery()
            )).scalar_one()):
                await asyncio.sleep(0)


@asynccontextmanager
async def stage(
    store: Store, *, skills: Mapping[str, Skill] = SKILLS, questions_per_minute: int = 60,
    homes: Mapping[str, str | None] | None = None, settings: Settings | None = None, door: Door | None = None,
) -> AsyncIterator[Stage]:  # fmt: skip
    """Two partners, three known people, the adapters `chat` (anybody's) and `cainiao-ding` (Cainiao's)."""
    homes = {"chat": None, "cainiao-ding": "cainiao"} if homes is None else homes
    clock = MovableClock(NOW)
    await store.write(lambda conn: take_over_contacts(conn, CONTACTS, take_over_partners(conn, PARTNERS)))
    services = make_services(settings or Settings(), NoEstimates())
    handler = Conversationalist(
        store, clock, services, skills=skills, homes=homes, questions_per_minute=questions_per_minute, door=door
    )
    adapters = {name: KeepingAdapter(name) for name in homes}
    sender = Sending(store, clock, adapters)
    workers = Workers(store, clock, handler, adapters=homes, sender=sender, fallback=handler.apology)
    await sender.start()
    await workers.start()
    try:
        awake = AlertSettings(quiet_hours=QuietHours(enabled=False))
        sweeper = Sweeper(store, clock, awake, Standards(), note=note_push)
        yield Stage(store, clock, handler, adapters, Inbox(store, clock, workers), sweeper)
    finally:
        await workers.stop()
        await sender.stop()

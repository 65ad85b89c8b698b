"""Two worlds that differ in one thing: in the second another partner has parcels too, on the same flight."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Connection, select

from bot.alerts import service as alerts
from bot.alerts.model import Scope
from bot.alerts.sweep import Sweeper
from bot.cases import RequestKind
from bot.cases import service as cases
from bot.clock import MovableClock
from bot.contracts import (
    Attachment,
    ConversationAddress,
    ConversationKind,
    InboundMessage,
    MessageKind,
    Quoted,
    Sender,
)
from bot.delays import Standards
from bot.inbox import InboxItem
from bot.outbox import OutgoingMessage
from bot.outbox.tables import outbox
from bot.people import Person
from bot.people.service import (
    ContactEntry,
    PartnerEntry,
    arrive,
    find_person,
    take_over_contacts,
    take_over_partners,
)
from bot.people.tables import conversation
from bot.settings.model import AlertSettings, QuietHours
from bot.skills.base import Services
from bot.skills.handler import Conversationalist
from bot.skills.memory import note_push
from bot.skills.registry import SKILLS
from bot.store import Store
from bot.tracking.ingest import Ingest
from tests.skills.stage import NOW

OWN = ("LX123456785CN", "RB123456785BE", "LP00123456789012")
OTHERS = ("LX987654326CN", "RB987654326BE", "LP00987654321098")
UNKNOWN = ("LX100000003CN", "LP00555566667777")
FLIGHT, WAYBILL, OTHERS_FLIGHT = "CV7911", "157-12345675", "CV7913"
PARTNERS = (
    PartnerEntry("mine", "Mine", "zh-Hans", "Asia/Shanghai", "CN"),
    PartnerEntry("other", "Other", "zh-Hans", "Asia/Shanghai", "CN"),
)
CONTACTS = (
    ContactEntry("Li Na", "partner", "mine", addresses=(("chat", "li"),)),
    ContactEntry("Wang Wei", "partner", "other", addresses=(("chat", "wang"),)),
)


def _at(hours: float) -> str:
    return (NOW - timedelta(hours=hours)).isoformat()


def story(partner: str, numbers: Sequence[str], *, flight: str = FLIGHT) -> list[dict[str, Any]]:
    """Parcels accepted and put on a flight that left and has not arrived when it should have."""
    haul = f"{flight}/{(NOW - timedelta(hours=40)).date()}"
    rows: list[dict[str, Any]] = []
    for number in numbers:
        base = {"tracking_number": number, "partner": partner, "lane": "PVG-air-LGG-BE-bpost",
                "promised_at": _at(-72), "source": "feed"}
        rows += [
            base | {"milestone": "ORIGIN_ACCEPTED", "occurred_at": _at(60), "reported_at": _at(60), "location": "PVG"},
            base | {"milestone": "LINEHAUL_TENDERED", "occurred_at": _at(50), "reported_at": _at(50),
                    "location": "PVG", "linehaul": haul},
        ]  # fmt: skip
    return rows


def flight_left(flight: str = FLIGHT) -> dict[str, Any]:
    """The flight itself: left 40 hours ago, was to land 28 hours ago."""
    haul = f"{flight}/{(NOW - timedelta(hours=40)).date()}"
    return {"linehaul": haul, "milestone": "LINEHAUL_DEPARTED", "occurred_at": _at(40), "reported_at": _at(40),
            "location": "PVG", "source": "feed", "plan": {"LINEHAUL_ARRIVED": _at(28)}}


class _Rolled(Exception):
    """Undoes what a closing did, so that every question meets the same world."""


@dataclass
class World:
    """Asks as Li, of the first partner; nothing an answer changes is kept."""

    store: Store
    handler: Conversationalist
    clock: MovableClock
    places: dict[str, int]
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def ask(
        self, text: str, *, place: str = "li", quoted: str | None = None, kind: MessageKind = MessageKind.TEXT,
        files: Sequence[str] = (),
    ) -> tuple[OutgoingMessage, ...]:  # fmt: skip
        """What Li is answered."""
        where = ConversationKind.DIRECT if place == "li" else ConversationKind.GROUP
        message = InboundMessage(
            message_id="m", conversation=ConversationAddress(adapter="chat", external_id=place, kind=where),
            sender=Sender(external_id="li"), kind=kind, text=text, sent_at=NOW,
            quoted=Quoted(text=quoted) if quoted is not None else None,
            attachments=tuple(Attachment(name=name, handle=name) for name in files),
        )  # fmt: skip
        item = InboxItem(next(self.numbers), self.places[place], message, NOW, 1)
        closing = await self.handler.handle(item)
        said: list[OutgoingMessage] = []

        def unit(conn: Connection) -> None:
            said[:] = closing.apply(conn)
            raise _Rolled

        try:
            await self.store.write(unit)
        except _Rolled:
            return tuple(said)
        raise AssertionError("a closing that was undone came through")


async def build_world(store: Store, *, other_partner: bool) -> World:
    """Li's partner has three parcels on a late flight; the other one too, or nothing at all."""
    clock = MovableClock(NOW)
    standards = Standards()
    await store.write(lambda conn: take_over_contacts(conn, CONTACTS, take_over_partners(conn, PARTNERS)))
    ingest = Ingest(store, clock, standards=standards)
    mine = story("mine", OWN)
    rows = [*mine[:-1], flight_left()]
    if other_partner:
        rows += [*story("other", OTHERS[:2]), *story("other", OTHERS[2:], flight=OTHERS_FLIGHT),
                 flight_left(OTHERS_FLIGHT)]
    counts, errors = await ingest.take_objects([*rows, mine[-1]], partner=None, source="feed")
    assert not errors, errors
    assert counts.new == len(rows) + 1
    handler = Conversationalist(
        store, clock, Services(standards), skills=SKILLS, homes={"chat": None}, questions_per_minute=1_000_000
    )
    world = World(store, handler, clock, await store.write(_places))
    await _tell(world, standards, other_partner=other_partner)
    return world


async def _tell(world: World, standards: Standards, *, other_partner: bool) -> None:
    """Li follows everything and is told of the flight; the other partner too, and it does things to the alerts."""
    await world.store.write(lambda conn: _follow(conn, "li", world.places["li"], world.clock.now()))
    if other_partner:
        await world.store.write(lambda conn: _follow(conn, "wang", world.places["wang"], world.clock.now()))
    sweeper = Sweeper(
        world.store, world.clock, AlertSettings(quiet_hours=QuietHours(enabled=False)), standards, note=note_push
    )
    for _ in range(4):
        await sweeper.tick()
        world.clock.advance(timedelta(minutes=11))
    if other_partner:
        await world.store.write(lambda conn: _meddle(conn, world.places["wang"], world.clock.now()))


def _person(conn: Connection, name: str) -> Person:
    person = find_person(conn, "chat", name)
    assert person is not None
    return person


def _follow(conn: Connection, name: str, place: int, now: datetime) -> None:
    done = alerts.subscribe(
        conn, person=_person(conn, name), conversation_id=place, scope=Scope(everything=True), now=now
    )
    assert done.created


def _meddle(conn: Connection, place: int, now: datetime) -> None:
    """What the other partner's people do must not show either."""
    wang = _person(conn, "wang")
    opened = alerts.list_open(conn, wang.scope, now)
    assert opened, "the other partner has alerts of its own"
    for view in opened:
        assert alerts.acknowledge(conn, view.ref, person=wang, now=now).kind == "done"
    muted = alerts.mute(
        conn, person=wang, conversation_id=place, scope=Scope(refs=(FLIGHT,)), until=now + timedelta(hours=5),
        reason="strike", now=now,
    )  # fmt: skip
    assert muted.id is not None
    cases.open_request(
        conn, kind=RequestKind.PROBLEM, person=wang, conversation_id=place, text="broken", about=OTHERS, now=now
    )


def pushed(conn: Connection, place: int) -> list[str]:
    """The cards that were pushed to a conversation."""
    rows = conn.execute(select(outbox.c.cards).where(outbox.c.conversation_id == place).order_by(outbox.c.id))
    return [row.cards for row in rows]


def _places(conn: Connection) -> dict[str, int]:
    places = {}
    kinds = {"li": ConversationKind.DIRECT, "g": ConversationKind.GROUP, "wang": ConversationKind.DIRECT}
    for name, kind in kinds.items():
        values = {"adapter": "chat", "external_id": name, "kind": kind, "created_at": NOW}
        places[name] = conn.execute(conversation.insert().returning(conversation.c.id), values).scalar_one()
        message = InboundMessage(
            message_id="m", conversation=ConversationAddress(adapter="chat", external_id=name, kind=kind),
            sender=Sender(external_id="wang" if name == "wang" else "li"), sent_at=NOW,
        )  # fmt: skip
        arrive(conn, message, places[name], home=None)
    return places


async def both(first: Any, second: Any) -> tuple[Any, Any]:
    """Two answers at a time."""
    one, two = await asyncio.gather(first, second)
    return one, two

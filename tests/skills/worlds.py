"""Two worlds that differ in one thing: in the second another partner has parcels too, on the same flight."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import Connection

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
from bot.people.service import ContactEntry, PartnerEntry, arrive, take_over_contacts, take_over_partners
from bot.people.tables import conversation
from bot.skills.base import Services
from bot.skills.handler import Conversationalist
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
    return World(store, handler, clock, await store.write(_places))


def _places(conn: Connection) -> dict[str, int]:
    places = {}
    for name, kind in (("li", ConversationKind.DIRECT), ("g", ConversationKind.GROUP)):
        values = {"adapter": "chat", "external_id": name, "kind": kind, "created_at": NOW}
        places[name] = conn.execute(conversation.insert().returning(conversation.c.id), values).scalar_one()
        message = InboundMessage(
            message_id="m", conversation=ConversationAddress(adapter="chat", external_id=name, kind=kind),
            sender=Sender(external_id="li"), sent_at=NOW,
        )  # fmt: skip
        arrive(conn, message, places[name], home=None)
    return places


async def both(first: Any, second: Any) -> tuple[Any, Any]:
    """Two answers at a time."""
    one, two = await asyncio.gather(first, second)
    return one, two

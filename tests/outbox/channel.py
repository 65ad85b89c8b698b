"""A channel the tests script, and short ways to fill and read the outbox."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from bot.clock import MovableClock
from bot.contracts import (
    AdapterHost,
    Capabilities,
    Card,
    DeliveryOutcome,
    Health,
    OutboundMessage,
    Sent,
    WebhookRequest,
    WebhookResponse,
)
from bot.outbox import MessageClass, OutgoingMessage, Sender, enqueue
from bot.outbox.tables import attempt, outbox
from bot.people.tables import conversation
from bot.store import Store

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Channel:
    """An adapter whose answers are given beforehand; after them everything is sent."""

    def __init__(
        self, name: str = "chat", answers: Iterable[DeliveryOutcome | Exception] = (), **abilities: Any
    ) -> None:
        self._name = name
        self._capabilities = Capabilities(max_bytes=20_000, **abilities)
        self.answers = list(answers)
        self.got: list[OutboundMessage] = []
        self.arrived = asyncio.Event()
        self.gate: asyncio.Event | None = None
        """While set, nothing is answered before it is opened."""

    @property
    def name(self) -> str:
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    async def start(self, host: AdapterHost) -> None:
        """Nothing to receive."""

    async def stop(self) -> None:
        """Nothing to release."""

    async def send(self, message: OutboundMessage) -> DeliveryOutcome:
        self.got.append(message)
        self.arrived.set()
        if self.gate is not None:
            await self.gate.wait()
        answer = self.answers.pop(0) if self.answers else Sent(f"ref-{len(self.got)}")
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def handle_webhook(self, request: WebhookRequest) -> WebhookResponse:
        return WebhookResponse(404)

    def health(self) -> Health:
        return Health(True)

    async def check(self, host: AdapterHost) -> Health:
        return Health(True)

    @property
    def titles(self) -> list[str]:
        return [message.cards[0].title for message in self.got]


def talk(conn: Connection, name: str = "group-1", adapter: str = "chat") -> int:
    values = {"adapter": adapter, "external_id": name, "kind": "group", "created_at": NOW}
    return int(conn.execute(conversation.insert().returning(conversation.c.id), values).scalar_one())


async def talks(store: Store, count: int) -> list[int]:
    return await store.write(lambda conn: [talk(conn, f"g{number}") for number in range(count)])


def outgoing(place: int, key: str, kind: int = MessageClass.REPLY, **more: Any) -> OutgoingMessage:
    values: dict[str, Any] = {
        "conversation_id": place, "queue": "reply" if kind <= 1 else "push", "message_class": kind, "dedup_key": key,
        "cards": (Card(title=key),), **more,
    }
    return OutgoingMessage(**values)


async def put(store: Store, *messages: OutgoingMessage, at: datetime = NOW) -> list[int]:
    def unit(conn: Connection) -> list[int]:
        return [row_id for message in messages if (row_id := enqueue(conn, message, at)) is not None]

    return await store.write(unit)


async def states(store: Store) -> dict[str, str]:
    wanted = select(outbox.c.dedup_key, outbox.c.state).order_by(outbox.c.id)
    found = await store.read(lambda conn: conn.execute(wanted).all())
    return {row[0]: row[1] for row in found}


async def row_of(store: Store, key: str) -> Any:
    return await store.read(lambda c: c.execute(select(outbox).where(outbox.c.dedup_key == key)).one())


async def attempts(store: Store) -> Sequence[tuple[int, int, str]]:
    columns = (attempt.c.outbox_id, attempt.c.number, attempt.c.outcome)
    found = await store.read(lambda c: c.execute(select(*columns).order_by(*columns[:2])).all())
    return [(row[0], row[1], row[2]) for row in found]


async def until(condition: Callable[[], bool]) -> None:
    """Let everything run until something is so; fails after 10 s."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.002)


async def settled(sender: Sender, times: int, *outcomes: str) -> None:
    """Wait until that many outcomes have been written."""
    names = outcomes or ("sent", "retry", "uncertain", "refused", "late_finish")
    await until(lambda: sum(sender.counts[name] for name in names) >= times)


async def step(clock: MovableClock, by: timedelta) -> None:
    """Move time, once whoever sleeps by it has begun to."""
    for _ in range(5):
        await asyncio.sleep(0)
    clock.advance(by)

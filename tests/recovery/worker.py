"""The real line from webhook to receipt in a process of its own, for tests that kill it."""

import asyncio
import json
import os
import signal
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import aiohttp
from aiohttp import web
from sqlalchemy import Connection

from bot.clock import SystemClock
from bot.contracts import (
    AdapterHost,
    Capabilities,
    Card,
    ConversationAddress,
    DeliveryOutcome,
    Health,
    InboundMessage,
    NotStored,
    OutboundMessage,
    Retry,
    Sent,
    Uncertain,
    WebhookRequest,
    WebhookResponse,
)
from bot.contracts import Sender as Person
from bot.inbox import Closing, Handler, Inbox, InboxItem, Workers
from bot.outbox import MessageClass, OutgoingMessage, Sender
from bot.store import DEFAULT_PATIENCE_SECONDS, Store, open_store
from bot.store.base import Unit, UnitInParts

T = TypeVar("T")
ADAPTER = "platform"


@dataclass(frozen=True)
class Plan:
    """How a worker runs, and where it dies by itself."""

    store_url: str
    port: int
    """Where the platform calls it."""
    sink: str
    """Where it sends."""
    lease: float = 1.5
    window: str = ""
    """`inside NAME` or `after NAME` of a unit, `before request`, `after request`; empty: it does not."""


def die() -> None:
    """End like a machine that loses its power."""
    os.kill(os.getpid(), signal.SIGKILL)


class DyingStore:
    """A store whose process dies inside or straight after a unit of a certain name."""

    def __init__(self, store: Store, window: str) -> None:
        self._store = store
        self._where, _, self._name = window.partition(" ")

    @property
    def dialect(self) -> str:
        return self._store.dialect

    async def read(self, unit: Unit[T], *, brief: bool = False) -> T:
        return await self._store.read(unit, brief=brief)

    async def write(
        self, unit: Unit[T], *, patience: float = DEFAULT_PATIENCE_SECONDS, brief: bool = False
    ) -> T:
        meant = self._is_meant(unit)
        last = self._dying(unit) if meant and self._where == "inside" else unit
        result = await self._store.write(last, patience=patience, brief=brief)
        if meant:
            die()
        return result

    async def write_in_parts(self, unit: UnitInParts[T], *, patience: float = DEFAULT_PATIENCE_SECONDS) -> T:
        meant = self._is_meant(unit)
        last = self._dying_in_parts(unit) if meant and self._where == "inside" else unit
        result = await self._store.write_in_parts(last, patience=patience)
        if meant:
            die()
        return result

    def subscribe(self, topic: str) -> asyncio.Event:
        return self._store.subscribe(topic)

    async def close(self) -> None:
        await self._store.close()

    def _is_meant(self, unit: Callable[[Connection], Any]) -> bool:
        function: Any = getattr(unit, "func", unit)
        return bool(self._name) and self._name in function.__qualname__

    @staticmethod
    def _dying(unit: Unit[T]) -> Unit[T]:
        def dying(conn: Connection) -> T:
            result = unit(conn)
            die()
            return result

        return dying

    @staticmethod
    def _dying_in_parts(unit: UnitInParts[T]) -> UnitInParts[T]:
        def dying(conn: Connection) -> Generator[None, None, T]:
            yield from unit(conn)
            die()
            raise AssertionError("still alive")

        return dying


class Platform:
    """Sends by posting to the sink."""

    name = ADAPTER
    capabilities = Capabilities(max_bytes=20_000)

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.session: aiohttp.ClientSession

    async def start(self, host: AdapterHost) -> None:
        """Nothing to do: the worker's own server receives."""

    async def stop(self) -> None:
        """Nothing to do."""

    async def send(self, message: OutboundMessage) -> DeliveryOutcome:
        if self._plan.window == "before request":
            die()
        outcome = await self._post(message)
        if self._plan.window == "after request":
            die()
        return outcome

    async def _post(self, message: OutboundMessage) -> DeliveryOutcome:
        body = {
            "conversation": message.conversation.external_id, "id": message.message_id,
            "text": message.cards[0].title, "resent": message.resent,
        }
        try:
            async with self.session.post(self._plan.sink, json=body) as answer:
                return Sent() if answer.status == 200 else Retry(f"HTTP {answer.status}")
        except aiohttp.ClientConnectorError as error:
            return Retry(str(error))
        except (aiohttp.ClientError, TimeoutError) as error:
            return Uncertain(type(error).__name__)

    async def handle_webhook(self, request: WebhookRequest) -> WebhookResponse:
        return WebhookResponse(404)

    def health(self) -> Health:
        return Health(True)

    async def check(self, host: AdapterHost) -> Health:
        return Health(True)


class Echo(Handler):
    """Answers every message with its own text; two of three at once."""

    def answer_at_once(self, conn: Connection, item: InboxItem) -> Generator[None, None, Closing | None]:
        yield
        return self._echo(item) if int(item.message.text) % 3 else None

    async def handle(self, item: InboxItem) -> Closing:
        return self._echo(item)

    @staticmethod
    def _echo(item: InboxItem) -> Closing:
        reply = OutgoingMessage(
            conversation_id=item.conversation_id, queue="reply", message_class=MessageClass.REPLY,
            dedup_key=f"reply:{item.id}", cards=(Card(title=item.message.text),),
        )
        return Closing(lambda conn: (reply,), json.dumps({"intent": "echo"}))


def webhook(inbox: Inbox, clock: SystemClock) -> Callable[[web.Request], Any]:
    """Stores a message, then acknowledges it."""

    async def handle(request: web.Request) -> web.Response:
        body = await request.json()
        message = InboundMessage(
            message_id=body["id"], text=body["text"], sent_at=clock.now(), sender=Person(external_id="li"),
            conversation=ConversationAddress(adapter=ADAPTER, external_id=body["conversation"]),
        )
        try:
            await inbox.receive_for_adapter(message)
        except NotStored:
            return web.Response(status=503)
        return web.Response()

    return handle


async def live(plan: Plan) -> None:
    """Receive, answer and send until SIGTERM."""
    clock, platform = SystemClock(), Platform(plan)
    store = DyingStore(open_store(plan.store_url), plan.window)
    lease = timedelta(seconds=plan.lease)
    sender = Sender(store, clock, {ADAPTER: platform}, lease=lease)
    workers = Workers(
        store, clock, Echo(), adapters={ADAPTER}, sender=sender, fallback=lambda item: None, lease=lease
    )
    application = web.Application()
    application.router.add_post("/", webhook(Inbox(store, clock, workers, lease=lease), clock))
    runner = web.AppRunner(application)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with aiohttp.ClientSession() as platform.session:
        await sender.start()
        await workers.start()
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", plan.port, reuse_address=True).start()
        await stopped.wait()
        await runner.cleanup()
        await workers.stop()
        await sender.stop()
    await store.close()


def run(plan: Plan) -> None:
    """Where the process begins."""
    asyncio.run(live(plan))

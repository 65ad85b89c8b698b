"""The web chat: receiving and sending beside their floors.

It has no platform: what is received comes from the page as JSON, what is sent goes to the page as a server-sent event.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, ClientSession, TCPConnector, web

from adapters.local import LocalAdapter, LocalConfig
from benchmarks.parts.channel import AT_ONCE, CARD, beside, host_for, in_turn, made, rate, tell
from bot.clock import SystemClock
from bot.contracts import ConversationAddress, InboundMessage, Receipt, Sender, Sent
from bot.host import Host
from bot.inbox import Inbox
from bot.testing import LoopbackServer, outbound
from bot.testing.state import MemoryState
from bot.web.pages.live import encoded

QUESTIONS, MESSAGES, ROUNDS = 4_000, 4_000, 5


class Page(LoopbackServer):
    """Serves the live lines of a conversation: ours, and as bare as it can be."""

    def __init__(self, adapter: LocalAdapter) -> None:
        super().__init__()
        self.queues = [asyncio.Queue[dict[str, Any] | None]() for _ in range(AT_ONCE)]
        self._adapter = adapter

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """One address each."""
        router.add_get("/ours/{place}", self._ours)
        router.add_get("/bare/{place}", self._bare)

    async def _ours(self, request: web.Request) -> web.StreamResponse:
        response = await _begun(request)
        async for entry in self._adapter.follow(request.match_info["place"]):
            await response.write(b"data: " + encoded(entry) + b"\n\n")
        return response

    async def _bare(self, request: web.Request) -> web.StreamResponse:
        response, queue = await _begun(request), self.queues[int(request.match_info["place"])]
        while (entry := await queue.get()) is not None:
            await response.write(b"data: " + json.dumps(entry, ensure_ascii=False).encode() + b"\n\n")
        return response


async def _begun(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
    await response.prepare(request)
    return response


def main() -> None:
    in_turn(_receiving, lambda _: _sending())


async def _receiving(folder: Path) -> None:
    bodies = [json.dumps({"contact": f"u{n % 200}", "text": f"{n} 到哪了"}).encode() for n in range(QUESTIONS)]
    middle = await beside(
        lambda turn: _bare(folder / f"floor{turn}.db", bodies),
        lambda turn: _received(folder / f"ours{turn}.db", bodies), rounds=ROUNDS,
    )  # fmt: skip
    tell("receiving", "questions/s checked, stored, settled; floor (parse, store)", middle)


async def _bare(path: Path, bodies: Sequence[bytes]) -> float:
    clock = SystemClock()
    store = await made(f"sqlite+aiosqlite:///{path}")
    inbox = Inbox(store, clock)
    messages = [
        InboundMessage(
            message_id=str(number), sender=Sender(external_id=said["contact"]), text=said["text"], sent_at=clock.now(),
            conversation=ConversationAddress(adapter="local", external_id=said["contact"]),
        )
        for number, said in enumerate(map(json.loads, bodies))
    ]  # fmt: skip

    async def bare(index: int) -> None:
        json.loads(bodies[index])
        await inbox.receive(messages[index])

    found = await rate(bare, len(bodies))
    await store.close()
    return found


async def _received(path: Path, bodies: Sequence[bytes]) -> float:
    store = await made(f"sqlite+aiosqlite:///{path}")
    inbox, adapter = Inbox(store, SystemClock()), LocalAdapter(LocalConfig(name="local", type="local"))

    async def receive(message: InboundMessage) -> Receipt:
        receipt = await inbox.receive_for_adapter(message)
        adapter.settle(message.message_id)  # so that nobody waits for an answer, which is not measured here
        return receipt

    host = Host(SystemClock(), public_url="", receive=receive, state=lambda _: MemoryState(SystemClock().now))
    await adapter.start(host)

    async def one(index: int) -> None:
        said = json.loads(bodies[index])
        await adapter.ask(said["contact"], said["text"], wait_seconds=20)

    found = await rate(one, len(bodies))
    await adapter.stop()
    await host.close()
    await store.close()
    return found


async def _sending() -> None:
    adapter, host = LocalAdapter(LocalConfig(name="local", type="local")), host_for()
    await adapter.start(host)
    body = {"number": 1, "at": "2026-11-25T08:00:00+00:00", "message_id": "1", "said": None,
            "cards": [CARD.model_dump(mode="json")]}
    async with Page(adapter) as page, _client(page) as session, AsyncExitStack() as stack:
        readers = {
            kind: [await stack.enter_async_context(session.get(f"/{kind}/{n}")) for n in range(AT_ONCE)]
            for kind in ("ours", "bare")
        }

        async def bare(index: int) -> None:
            page.queues[index % AT_ONCE].put_nowait(body)

        async def round_of_ours(_: int) -> float:
            messages = [outbound(CARD, conversation=str(n % AT_ONCE)) for n in range(MESSAGES)]

            async def ours(index: int) -> None:
                assert isinstance(await adapter.send(messages[index]), Sent)

            return await rate(_seen(ours, readers["ours"]), MESSAGES)

        middle = await beside(lambda _: rate(_seen(bare, readers["bare"]), MESSAGES), round_of_ours, rounds=ROUNDS)
        tell("sending", "messages/s kept, shown, read by a page; floor (queue, dump, write, read)", middle)
        await adapter.stop()
        for queue in page.queues:
            queue.put_nowait(None)
    await host.close()


def _client(page: Page) -> ClientSession:
    return ClientSession(page.base_url, connector=TCPConnector(limit=2 * AT_ONCE))


def _seen(say: Callable[[int], Awaitable[None]], readers: Sequence[ClientResponse]) -> Callable[[int], Awaitable[None]]:
    """Says something and waits until its reader has it."""
    locks = [asyncio.Lock() for _ in readers]

    async def one(index: int) -> None:
        place = index % len(readers)
        async with locks[place]:
            await say(index)
            await readers[place].content.readuntil(b"\n\n")

    return one

"""The world around a worker that is killed: a platform that delivers until it is acknowledged, and a sink."""

import asyncio
import contextlib
import multiprocessing
import os
import random
import signal
import socket
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from typing import TypeVar

import aiohttp
from aiohttp import web
from sqlalchemy import Connection, select

from bot.inbox.tables import inbox
from bot.outbox.tables import attempt, outbox
from bot.store import open_store
from tests.recovery.worker import Plan, run

T = TypeVar("T")
PATIENCE_SECONDS = 30.0
AHEAD = 4
_processes = multiprocessing.get_context("forkserver")  # a warm server forks real processes without their imports
_processes.set_forkserver_preload(["tests.recovery.worker"])


@dataclass(frozen=True)
class Arrived:
    """What the sink got."""

    conversation: str
    text: str
    id: str
    resent: bool


@dataclass
class Sink:
    """Takes what is sent, after a moment."""

    dice: random.Random
    arrived: list[Arrived] = field(default_factory=list)
    answered: Counter[str] = field(default_factory=Counter)
    """By conversation: the highest message that was answered, plus one."""
    slow: asyncio.Event | None = None
    """While set, nothing is answered before it is opened."""

    async def handle(self, request: web.Request) -> web.Response:
        one = Arrived(**await request.json())
        self.arrived.append(one)
        self.answered[one.conversation] = max(self.answered[one.conversation], int(one.text) + 1)
        if self.slow is not None:
            await self.slow.wait()
        await asyncio.sleep(self.dice.uniform(0, 0.015))
        return web.Response()

    def by_conversation(self) -> dict[str, list[int]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for one in self.arrived:
            found[one.conversation].append(int(one.text))
        return found


class World:
    """A sink, a platform, and one worker at a time between them."""

    def __init__(self, store_url: str, sink: Sink, sink_address: str, session: aiohttp.ClientSession) -> None:
        self.store_url = store_url
        self.sink = sink
        self.session = session
        self.port = free_port()
        self._sink_address = sink_address
        self.process: BaseProcess | None = None
        self.acknowledged: Counter[str] = Counter()
        """By conversation: messages 0 to this number less one are the platform's no longer."""

    def start(self, window: str = "", *, port: int | None = None, lease: float = 1.5) -> BaseProcess:
        """A new worker."""
        plan = Plan(self.store_url, port or self.port, self._sink_address, lease, window)
        self.process = _processes.Process(target=run, args=(plan,), daemon=True)
        self.process.start()
        return self.process

    async def stop(self, with_signal: signal.Signals = signal.SIGKILL) -> None:
        """Kill the worker and wait until it is gone."""
        assert self.process is not None
        assert self.process.pid is not None
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, with_signal)
        await self.gone()

    async def gone(self) -> None:
        """Wait until the worker has ended."""
        process = self.process
        assert process is not None
        await until(lambda: not process.is_alive())

    async def deliver(self, conversation: str, number: int) -> None:
        """Deliver one message, again and again until it is acknowledged, as platforms do."""
        body = {"id": f"{conversation}:{number}", "conversation": conversation, "text": str(number)}
        while True:
            try:
                async with self.session.post(f"http://127.0.0.1:{self.port}/", json=body) as answer:
                    if answer.status == 200:
                        break
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(0.02)
        self.acknowledged[conversation] = number + 1

    async def talk(self, conversation: str, over: asyncio.Event) -> None:
        """One message after the other until it is over; a few ahead of the answers, as impatient people are."""
        number = 0
        while not over.is_set():
            if number - self.sink.answered[conversation] < AHEAD:
                await self.deliver(conversation, number)
                number += 1
            await asyncio.sleep(self.sink.dice.uniform(0.005, 0.03))

    async def all_answered(self) -> None:
        """Wait until every acknowledged message has its answer."""

        def complete() -> bool:
            got = self.sink.by_conversation()
            return all(set(range(count)) <= set(got[place]) for place, count in self.acknowledged.items())

        await until(complete)

    async def outcomes(self) -> Sequence[tuple[str, str]]:
        """Message ids and outcomes of every attempt that did not simply succeed."""
        statement = select(outbox.c.message_id, attempt.c.outcome).join_from(attempt, outbox)
        return [(row[0], row[1]) for row in await self._read(lambda conn: conn.execute(statement).all())]

    async def open_rows(self) -> int:
        """Rows of inbox and outbox that are not finished as they should be."""
        bad = select(inbox.c.id).where(inbox.c.state != "done").union_all(
            select(outbox.c.id).where(outbox.c.state != "sent")
        )
        return len(await self._read(lambda conn: conn.execute(bad).all()))

    async def settled(self) -> None:
        """Wait until nothing is open any more."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self.open_rows():
                await asyncio.sleep(0.05)

    async def _read(self, unit: Callable[[Connection], T]) -> T:
        store = open_store(self.store_url)
        try:
            return await store.read(unit)
        finally:
            await store.close()


@contextlib.asynccontextmanager
async def a_world(store_url: str, seed: int) -> AsyncIterator[World]:
    """A world, with nothing of it left behind."""
    sink = Sink(random.Random(seed))
    application = web.Application()
    application.router.add_post("/", sink.handle)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", free_port())
    await site.start()
    async with aiohttp.ClientSession() as session:
        world = World(store_url, sink, site.name, session)
        try:
            yield world
        finally:
            if world.process is not None:
                await world.stop()
            await runner.cleanup()


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something outside this process."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.01)

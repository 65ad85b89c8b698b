"""Where each microsecond of a question goes: questions by the batch through the real parts, stage by stage.

Commits are shared by a batch, as they are under load. What the service adds to these stages is aiohttp, as server and
as client. Times are of the processor, so that other programs disturb little.
"""

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from adapters.dingtalk.answers import outcome_of
from adapters.dingtalk.codec import Robot, decode
from adapters.dingtalk.render import render
from adapters.dingtalk.routes import origins, session_route
from adapters.dingtalk.values import load
from adapters.dingtalk.verify import is_signed
from benchmarks.parts.load import CORP, OK, ROBOT, SECRET, Driver
from benchmarks.parts.world import fill
from bot.app import Rooms, create_adapters, take_over_people
from bot.clock import SystemClock
from bot.contracts import InboundMessage, Sent
from bot.inbox import Closing, Inbox, InboxItem, closing
from bot.inbox.leases import Terms
from bot.inbox.receive import LEASE
from bot.inbox.straight import Closed, Leased, Straight
from bot.outbox.finish import finish
from bot.outbox.leased import LeasedRow
from bot.outbox.policy import arrived
from bot.settings.load import check_settings
from bot.stopping import Closer
from bot.store import open_store
from bot.store.migrate import upgrade

BATCH, BATCHES, WARM_UP = 32, 150, 200  # the warm-up meets everybody once: people are known afterwards
SINK = "http://127.0.0.1:18091"
MAX_BYTES = 20_000
THINKING = ("who asks, what was said", "understand", "look up, word the answer")


class Watched(Straight):
    """Works as the workers do, tells the stage that begins, and keeps what would be sent."""

    def __init__(self, rooms: Rooms, begins: Callable[[str], None]) -> None:
        self._rooms = rooms
        self._begins = begins
        self.rows: list[LeasedRow] = []
        self.longer: list[Leased] = []
        """Of people or places met for the first time."""

    def has_room(self) -> bool:
        return True

    def answer_at_once(self, conn: Connection, item: InboxItem) -> Generator[None, None, Closing | None]:
        thinking, stages = self._rooms.handler.answer_at_once(conn, item), iter(THINKING)
        while True:
            self._begins(next(stages))
            try:
                next(thinking)
            except StopIteration as end:
                closing: Closing | None = end.value
                return closing
            yield

    def close(self, conn: Connection, leased: Leased, answer: Closing) -> Closed:
        self._begins("close it, store the answer")
        return closing.close(conn, leased, answer, self._rooms.sender, terms=self._terms(), go_on=True)

    def closed(self, closed: Closed) -> None:
        self._begins("commit")
        self.rows.append(closed.handovers[0].row)

    def take(self, leased: Leased) -> None:
        self.longer.append(leased)

    async def answer_the_others(self) -> None:
        leased, self.longer = self.longer, []
        for one in leased:
            answer = await self._rooms.handler.handle(one.item)
            self.closed(await self._rooms.store.write(partial(self.close, leased=one, answer=answer)))

    def _terms(self) -> Terms:
        return Terms(self._rooms.clock.now(), LEASE)


class Line:
    """The way of a question, in steps."""

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms
        self.workers = Watched(rooms, self._begins)
        self.inbox = Inbox(rooms.store, rooms.clock, self.workers)
        self.robot = Robot(
            adapter="dingtalk", code=ROBOT, corp_id=CORP, other_corps=frozenset(), origins=origins((SINK,))
        )
        self.spent: Counter[str] = Counter()
        self._stage = ""
        self._since = 0

    async def walk(self, callbacks: Sequence[tuple[str, str, bytes]]) -> None:
        """One batch, from the callbacks' bytes to the finished rows."""
        self._begins("verify and decode")
        messages = [self._decoded(*callback) for callback in callbacks]
        self._begins("store it")
        await asyncio.gather(*map(self.inbox.receive, messages))
        self._begins("render")
        rows, self.workers.rows = self.workers.rows, []
        for row in rows:
            self._send(row)
        self._begins("write the outcome down")
        await asyncio.gather(*map(self._finish, rows))
        self._begins("")

    async def meet(self, callbacks: Sequence[tuple[str, str, bytes]]) -> None:
        """A batch of people who ask for the first time."""
        await asyncio.gather(*(self.inbox.receive(self._decoded(*callback)) for callback in callbacks))
        await self.workers.answer_the_others()
        rows, self.workers.rows = self.workers.rows, []
        await asyncio.gather(*map(self._finish, rows))
        self._begins("")

    def _begins(self, stage: str) -> None:
        if stage == self._stage:
            return
        now = time.process_time_ns()
        if self._stage:
            self.spent[self._stage] += now - self._since
        self._stage, self._since = stage, now

    def _decoded(self, stamp: str, sign: str, body: bytes) -> InboundMessage:
        assert is_signed(SECRET, stamp, sign)
        return decode(load(body), self.robot, self.rooms.clock.now()).message

    def _send(self, row: LeasedRow) -> None:
        route = row.message.reply_route
        assert route is not None
        assert session_route(route.url, self.robot.origins) is not None
        assert len(render(row.message, MAX_BYTES)) <= MAX_BYTES

    async def _finish(self, row: LeasedRow) -> None:
        outcome, now = outcome_of(200, OK, {}, by_session=True), self.rooms.clock.now()
        assert isinstance(outcome, Sent)
        capabilities = self.rooms.adapters["dingtalk"].capabilities
        await self.rooms.store.write(
            lambda conn: finish(
                conn, row, arrived(outcome, row.uncertain), started=now, now=now, capabilities=capabilities
            ),
            brief=True,
        )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_run(Path(folder) / "store.db"))


async def _run(path: Path) -> None:
    settings = check_settings({
        "store": {"url": f"sqlite+aiosqlite:///{path}"},
        "partners": [{"code": "cainiao", "name": "Cainiao"}],
        "adapters": [{
            "name": "dingtalk", "type": "dingtalk", "partner": "cainiao", "client_id": ROBOT, "client_secret": SECRET,
            "robot_code": ROBOT, "corp_id": CORP, "oapi_base_url": SINK, "mode": "http",
        }],
        "security": {"questions_per_minute": 1_000_000},
    }, "benchmark")
    store, clock = open_store(settings.store.url.get_secret_value()), SystemClock()
    await upgrade(store)
    await take_over_people(store, settings)
    driver = Driver(fill(path), BATCH * WARM_UP)
    driver.sink_port = int(SINK.rsplit(":", 1)[1])
    adapters, homes = create_adapters(settings, "benchmark")
    rooms, closer = Rooms(settings, store, clock=clock, adapters=adapters, homes=homes), Closer()
    await rooms.open(closer)
    await rooms.sender.start()
    line = Line(rooms)
    for _ in range(WARM_UP):
        await line.meet([driver.next_callback() for _ in range(BATCH)])
    line.spent.clear()
    for _ in range(BATCHES):
        await line.walk([driver.next_callback() for _ in range(BATCH)])
    await rooms.sender.stop()
    await closer.close()
    await store.close()
    for stage, nanoseconds in line.spent.items():
        share = nanoseconds / line.spent.total()
        print(f"{stage:28} {nanoseconds / BATCH / BATCHES / 1_000:6.0f} µs {share:5.0%}")
    print(f"{'together':28} {line.spent.total() / BATCH / BATCHES / 1_000:6.0f} µs")

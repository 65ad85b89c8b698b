"""Where each microsecond of a question goes: questions by the batch through the real parts, stage by stage.

Commits are shared by a batch, as they are under load. What the service adds to these stages is aiohttp, as server and
as client. Times are of the processor, so that other programs disturb little.
"""

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

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
from bot.inbox import Closing, Inbox, closing
from bot.inbox.leases import Terms
from bot.inbox.receive import LEASE
from bot.inbox.straight import Leased, Straight
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


class Taken(Straight):
    """Takes messages as the workers do, and keeps them."""

    def __init__(self) -> None:
        self.messages: list[Leased] = []

    def has_room(self) -> bool:
        return True

    def take(self, leased: Leased) -> None:
        self.messages.append(leased)


class Line:
    """The way of a question, in steps."""

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms
        self.taken = Taken()
        self.inbox = Inbox(rooms.store, rooms.clock, self.taken)
        self.robot = Robot(
            adapter="dingtalk", code=ROBOT, corp_id=CORP, other_corps=frozenset(), origins=origins((SINK,))
        )
        self.spent: Counter[str] = Counter()
        self._since = 0

    async def walk(self, callbacks: Sequence[tuple[str, str, bytes]]) -> None:
        """One batch, from the callbacks' bytes to the finished rows."""
        self._since = time.process_time_ns()
        messages = [self._decoded(*callback) for callback in callbacks]
        self._lap("verify and decode")
        await asyncio.gather(*map(self.inbox.receive, messages))
        self._lap("store it")
        leased, self.taken.messages = self.taken.messages, []
        answers = [await self.rooms.handler.handle(one.item) for one in leased]
        self._lap("understand, look up, word")
        rows = await asyncio.gather(*(self._close(*pair) for pair in zip(leased, answers, strict=True)))
        self._lap("close it, store the answer")
        for row in rows:
            self._send(row)
        self._lap("render")
        await asyncio.gather(*map(self._finish, rows))
        self._lap("write the outcome down")

    def _lap(self, stage: str) -> None:
        self.spent[stage] += time.process_time_ns() - self._since
        self._since = time.process_time_ns()

    def _decoded(self, stamp: str, sign: str, body: bytes) -> InboundMessage:
        assert is_signed(SECRET, stamp, sign)
        return decode(load(body), self.robot, self.rooms.clock.now()).message

    async def _close(self, leased: Leased, answer: Closing) -> LeasedRow:
        terms = Terms(self.rooms.clock.now(), LEASE)
        done = await self.rooms.store.write(
            lambda conn: closing.close(conn, leased, answer, self.rooms.sender, terms=terms, go_on=True),
            brief=answer.brief,
        )
        return done.handovers[0].row

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
    for round_ in range(WARM_UP + BATCHES):
        if round_ == WARM_UP:
            line.spent.clear()
        await line.walk([driver.next_callback() for _ in range(BATCH)])
    await rooms.sender.stop()
    await closer.close()
    await store.close()
    for stage, nanoseconds in line.spent.items():
        share = nanoseconds / line.spent.total()
        print(f"{stage:28} {nanoseconds / BATCH / BATCHES / 1_000:6.0f} µs {share:5.0%}")
    print(f"{'together':28} {line.spent.total() / BATCH / BATCHES / 1_000:6.0f} µs")

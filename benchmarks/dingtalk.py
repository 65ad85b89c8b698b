"""DingTalk: a thousand questions through a storm of goodbyes and cuts; receiving and sending beside their floors."""

import asyncio
import hmac
import json
import time
from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from pathlib import Path

from adapters.dingtalk import DingTalkAdapter, DingTalkConfig
from adapters.dingtalk.codec import Robot, decode
from adapters.dingtalk.pace import StreamPace
from adapters.dingtalk.routes import origins
from benchmarks.parts.channel import CARD, beside, host_for, in_turn, made, rate, tell
from benchmarks.parts.load import Driver
from bot.app import Rooms, take_over_people
from bot.clock import MovableClock, SystemClock
from bot.contracts import ConversationKind, OutboundMessage, ReplyRoute, Sent, WebhookRequest
from bot.demo.numbers import parcel_numbers
from bot.inbox import Inbox
from bot.settings.load import check_settings
from bot.stopping import Closer
from bot.testing import Callback, FakeDingTalk, outbound
from bot.testing.dingtalk import CLIENT_ID, CLIENT_SECRET, CORP
from bot.testing.dingtalk_storm import Storm, out_of_order, unanswered_or_doubled, until_taken

QUESTIONS, MESSAGES, ROUNDS = 1_000, 2_000, 7
PACE = StreamPace(first_wait=0.01, longest_wait=0.1, drain=0.5)
TICK = 0.002
QUESTIONS_PER_SECOND = 100


def main() -> None:
    in_turn(_storm, _receiving, lambda _: _sending())


# ---- the storm ----


async def _storm(folder: Path) -> None:
    clock = MovableClock(running=True)
    numbers = [number for number, _ in zip(parcel_numbers("LX", 7), range(QUESTIONS), strict=False)]
    url = f"sqlite+aiosqlite:///{folder / 'storm.db'}"
    settings = check_settings({"store": {"url": url}, "partners": [{"code": "cainiao", "name": "Cainiao"}]}, "bench")
    store, closer = await made(url), Closer()
    await take_over_people(store, settings)
    async with FakeDingTalk(clock.now) as fake:
        config = DingTalkConfig.model_validate(fake.configuration(mode="stream", monthly_messages=0))
        robot = DingTalkAdapter(config, pace=PACE)
        rooms = Rooms(settings, store, clock=clock, adapters={robot.name: robot}, homes={robot.name: "cainiao"})
        await rooms.open(closer)
        await rooms.work(closer)
        lags: list[float] = []
        watching = asyncio.create_task(_watch(lags))
        begun = time.perf_counter()
        pushes = await Storm(every=1 / QUESTIONS_PER_SECOND).ask(fake, numbers)
        rounds = await until_taken(fake, clock)
        while len(fake.posts) < QUESTIONS:
            await asyncio.sleep(0.01)
        took = time.perf_counter() - begun
        watching.cancel()
        await closer.close()
    await store.close()
    lost = sum(push.tries > 1 for push in pushes)
    print(f"stream: {QUESTIONS} questions in {took:.1f} s; {len(fake.stream.registrations)} connections, "
          f"{lost} messages pushed again in {rounds} rounds")
    print(f"stream: not answered exactly once: {len(unanswered_or_doubled(fake, pushes))}; conversations out of order: "
          f"{len(out_of_order(fake, pushes))}")
    lags.sort()
    print(f"stream: event-loop lag p99 {lags[int(len(lags) * 0.99)] * 1000:.1f} ms, most {lags[-1] * 1000:.1f} ms "
          "(the platform's stand-in runs in the same loop; must stay under 50)")


async def _watch(lags: list[float]) -> None:
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(TICK)
        lags.append(time.perf_counter() - begun - TICK)


# ---- receiving ----


async def _receiving(folder: Path) -> None:
    instants = count()
    begun = SystemClock().now()
    fake = FakeDingTalk(lambda: begun + timedelta(milliseconds=next(instants)))  # a signature of its own for each
    fake.base_url = "http://127.0.0.1:1"  # nothing is sent
    config = DingTalkConfig.model_validate(fake.configuration(monthly_messages=0))
    callbacks = [fake.says(f"{n} 到哪了", conversation=f"cid{n % 200}==") for n in range(MESSAGES)]
    robot = Robot(adapter=config.name, code=CLIENT_ID, corp_id=CORP, other_corps=frozenset(),
                  origins=origins((config.oapi_base_url,)))
    middle = await beside(
        lambda turn: _bare(folder / f"floor{turn}.db", robot, callbacks),
        lambda turn: _received(folder / f"ours{turn}.db", config, callbacks), rounds=ROUNDS,
    )  # fmt: skip
    tell("receiving", "callbacks/s verified, decoded, stored; floor (verify, parse, store)", middle)


async def _bare(path: Path, robot: Robot, callbacks: Sequence[Callback]) -> float:
    clock = SystemClock()
    store = await made(f"sqlite+aiosqlite:///{path}")
    decoded = [decode(json.loads(one.body), robot, clock.now()).message for one in callbacks]
    inbox = Inbox(store, clock)

    async def bare(index: int) -> None:
        one = callbacks[index]
        stamp = one.headers["timestamp"]
        hmac.digest(CLIENT_SECRET.encode(), f"{stamp}\n{CLIENT_SECRET}".encode(), "sha256")
        json.loads(one.body)
        await inbox.receive(decoded[index])

    found = await rate(bare, len(callbacks))
    await store.close()
    return found


async def _received(path: Path, config: DingTalkConfig, callbacks: Sequence[Callback]) -> float:
    store = await made(f"sqlite+aiosqlite:///{path}")
    host = host_for(Inbox(store, SystemClock()))
    adapter = DingTalkAdapter(config)
    await adapter.start(host)

    requests = [
        WebhookRequest("POST", {name.lower(): value for name, value in one.headers.items()}, {}, one.body)
        for one in callbacks
    ]

    async def one(index: int) -> None:
        assert (await adapter.handle_webhook(requests[index])).status == 200

    found = await rate(one, len(callbacks))
    await adapter.stop()
    await host.close()
    await store.close()
    return found


# ---- sending ----


async def _sending() -> None:
    sink = Driver([])
    await sink.start_sink()
    base = f"http://127.0.0.1:{sink.sink_port}"
    config = DingTalkConfig(name="d", type="dingtalk", oapi_base_url=base)
    host = host_for()
    adapter = DingTalkAdapter(config)
    await adapter.start(host)
    body = json.dumps({"msgtype": "markdown", "markdown": {"title": CARD.title, "text": "x" * 400}}).encode()
    message = _message(base)

    async def bare(index: int) -> None:  # noqa: ARG001 - each the same
        async with host.session.post(f"{base}/robot/sendBySession?session=a", data=body) as response:
            assert json.loads(await response.read())["errcode"] == 0

    async def ours(index: int) -> None:  # noqa: ARG001 - each the same
        assert isinstance(await adapter.send(message), Sent)

    middle = await beside(lambda _: rate(bare, MESSAGES), lambda _: rate(ours, MESSAGES), rounds=ROUNDS)
    tell("sending", "messages/s rendered and posted; floor (the bare post)", middle)
    await adapter.stop()
    await host.close()


def _message(base: str) -> OutboundMessage:
    now = SystemClock().now()
    route = ReplyRoute(url=f"{base}/robot/sendBySession?session=a", expires_at=now.replace(year=now.year + 1))
    return outbound(CARD, adapter="d", conversation="cid1", kind=ConversationKind.GROUP, reply_route=route)

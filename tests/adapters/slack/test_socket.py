"""Socket Mode: stored before it is acknowledged, renewed before it ends, mended when it breaks, ended in peace."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from adapters.slack import ADAPTER, SlackAdapter, SlackConfig, socket
from bot.contracts import InboundMessage, MessageKind
from bot.testing import Answer, MovableClock, RecordingHost, Reset
from bot.testing.conformance import AdapterContract, Stage
from bot.testing.messages import WHEN
from bot.testing.slack import APP_TOKEN, FakeSlack
from tests.adapters.slack.samples import adapter, sample
from tests.adapters.slack.test_conformance import SlackStage


class Rests:
    """The waits between attempts to connect: noted, and over at once, unless they are to last."""

    def __init__(self) -> None:
        self.taken: list[float] = []
        self.last_for_ever = False

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        if self.last_for_ever:
            await asyncio.Event().wait()


@pytest.fixture
def rests(monkeypatch: pytest.MonkeyPatch) -> Rests:
    rests = Rests()
    monkeypatch.setattr(socket, "rest", rests)
    return rests


@pytest.fixture
async def slack(host: RecordingHost, fake: FakeSlack, rests: Rests) -> AsyncIterator[SlackAdapter]:
    made = ADAPTER.create(SlackConfig.model_validate(fake.configuration(mode="socket", app_token=APP_TOKEN)))
    await made.start(host)
    await connected(made)
    yield made
    await made.stop()


async def connected(app: SlackAdapter, times: int = 1) -> None:
    """The fake knows of a connection before the adapter has heard its greeting."""
    while app.health().figures["websockets_opened"] < times:
        await asyncio.sleep(0)


async def test_an_envelope_is_acknowledged_once_it_is_stored(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack
) -> None:
    stored, release = asyncio.Event(), asyncio.Event()

    async def slowly(message: InboundMessage) -> None:
        stored.set()
        await release.wait()

    host.on_message = slowly
    envelope_id = await fake.gateway.deliver("events_api", fake.event("到哪了"))
    await stored.wait()
    assert fake.gateway.acknowledged == []
    release.set()
    await fake.gateway.when(lambda gateway: gateway.acknowledged)
    assert fake.gateway.acknowledged == [envelope_id]
    assert host.received[0].text == "到哪了"


async def test_what_could_not_be_stored_is_not_acknowledged_and_comes_again(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack
) -> None:
    host.full = True
    first = await fake.gateway.deliver("events_api", fake.event("a"))
    await fake.gateway.deliver("events_api", {"type": "app_rate_limited"})
    await fake.gateway.when(lambda gateway: gateway.acknowledged)
    assert first in fake.gateway.pending
    host.full = False
    assert await fake.gateway.redeliver() == 1
    await fake.gateway.when(lambda gateway: not gateway.pending)
    assert len(host.received) == 1


@pytest.mark.parametrize(("name", "kind"), [
    ("events_api", MessageKind.TEXT), ("events_api_retry", MessageKind.TEXT), ("slash_commands", MessageKind.TEXT),
    ("interactive", MessageKind.ACTION),
])
async def test_every_recorded_envelope_is_taken(
    host: RecordingHost, fake: FakeSlack, rests: Rests, name: str, kind: MessageKind
) -> None:
    app = adapter(mode="socket", app_token=APP_TOKEN, api_base_url=fake.base_url)
    await app.start(host)
    await fake.gateway.when(lambda gateway: gateway.sockets)
    envelope = sample(f"socket/{name}")
    await fake.gateway.sockets[-1].send_json(envelope)
    await fake.gateway.when(lambda gateway: gateway.acknowledged)
    assert fake.gateway.acknowledged == [envelope["envelope_id"]]
    assert fake.gateway.heard == [sample("socket/ack_empty") | {"envelope_id": envelope["envelope_id"]}]
    assert [message.kind for message in host.received] == [kind]
    await app.stop()


async def test_the_recorded_greeting_is_understood(host: RecordingHost, fake: FakeSlack, rests: Rests) -> None:
    fake.gateway.greets = False
    app = adapter(mode="socket", app_token=APP_TOKEN, api_base_url=fake.base_url)
    await app.start(host)
    await fake.gateway.when(lambda gateway: gateway.sockets)
    assert app.health().state == "connecting"
    await fake.gateway.sockets[-1].send_json(sample("socket/hello"))
    await connected(app)
    assert app.health().state == "up"
    assert fake.gateway.heard == []
    await app.stop()


async def test_the_same_question_over_both_ways_has_one_identity(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack
) -> None:
    event = fake.event("到哪了")
    for retry in (0, 1):
        await fake.gateway.deliver("events_api", event, retry=retry)
    await fake.gateway.when(lambda gateway: len(gateway.acknowledged) == 2)
    assert len(host.received) == 1


@pytest.mark.parametrize("frame", [
    "", "x", "[]", "null", '"x"', "{}", '{"type":7}', '{"envelope_id":"e","type":"x","payload":null}', "[" * 50_000,
    '{"envelope_id":"e","type":"events_api"}', '{"envelope_id":{},"type":"events_api","payload":{"type":"y"}}',
    '{"envelope_id":"e","type":"interactive","payload":[]}', '{"envelope_id":"e","type":"slash_commands","payload":{}}',
])
async def test_a_frame_that_cannot_be_read_harms_nothing(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack, frame: str
) -> None:
    await fake.gateway.sockets[-1].send_str(frame)
    await fake.gateway.sockets[-1].send_bytes(b"\xff")
    good = await fake.gateway.deliver("events_api", fake.event("到哪了"))
    await fake.gateway.when(lambda gateway: good in gateway.acknowledged)
    assert [message.text for message in host.received] == ["到哪了"]
    assert fake.gateway.opened == 1


@pytest.mark.parametrize("name", ["disconnect_warning", "disconnect_refresh"])
async def test_the_next_connection_stands_before_the_last_is_let_go(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack, rests: Rests, name: str
) -> None:
    await fake.gateway.sockets[-1].send_json(sample(f"socket/{name}"))
    await connected(slack, 2)
    for _ in range(10):
        await asyncio.sleep(0)
    assert len(fake.gateway.sockets) == 2
    event = fake.event("still on its way")
    await fake.gateway.sockets[0].send_json({"envelope_id": "late", "type": "events_api", "payload": event})
    await fake.gateway.when(lambda gateway: "late" in gateway.acknowledged)
    await fake.gateway.close_oldest()
    await fake.gateway.when(lambda gateway: len(gateway.sockets) == 1)
    await fake.gateway.deliver("events_api", fake.event("over the new one"))
    await fake.gateway.when(lambda gateway: not gateway.pending)
    assert [message.text for message in host.received] == ["still on its way", "over the new one"]
    assert slack.health().ok
    assert rests.taken == []


async def test_a_cut_connection_is_made_anew(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack, clock: MovableClock, rests: Rests
) -> None:
    clock.advance(timedelta(minutes=1))
    fake.gateway.cut()
    await fake.gateway.when(lambda gateway: gateway.opened == 2)
    await fake.gateway.deliver("events_api", fake.event("到哪了"))
    await fake.gateway.when(lambda gateway: not gateway.pending)
    assert rests.taken == []


async def test_connections_that_do_not_last_are_opened_ever_more_rarely(
    slack: SlackAdapter, fake: FakeSlack, rests: Rests
) -> None:
    for number in range(2, 8):
        fake.gateway.cut()
        await fake.gateway.when(lambda gateway, number=number: gateway.opened == number and gateway.sockets)
    for seconds, step in zip(rests.taken, (1, 2, 5, 10, 30, 30), strict=True):
        assert 0.75 * step <= seconds <= 1.25 * step


@pytest.mark.parametrize("step", [
    Answer("", 500), Answer({"ok": False, "error": "internal_error"}), Reset(), Answer({"ok": True}),
    Answer({"ok": True, "url": "wss://evil.example/link"}), Answer({"ok": True, "url": "ws://127.0.0.1:1/link"}),
    Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "30"}),
])
async def test_a_platform_that_gives_no_websocket_is_asked_again(
    host: RecordingHost, fake: FakeSlack, rests: Rests, step: Any
) -> None:
    fake.script_for("apps.connections.open", step, step)
    app = ADAPTER.create(SlackConfig.model_validate(fake.configuration(mode="socket", app_token=APP_TOKEN)))
    await app.start(host)
    await fake.gateway.when(lambda gateway: gateway.sockets)
    assert len(rests.taken) == 2
    await app.stop()


async def test_a_refused_token_is_told_and_tried_rarely(
    host: RecordingHost, fake: FakeSlack, rests: Rests
) -> None:
    rests.last_for_ever = True
    app = ADAPTER.create(SlackConfig.model_validate(fake.configuration(mode="socket", app_token="xapp-wrong")))
    await app.start(host)
    while not rests.taken:
        await asyncio.sleep(0)
    health = app.health()
    assert (health.ok, health.state) == (False, "no websocket")
    assert "app_token" in health.detail
    assert rests.taken[0] >= 200
    await app.stop()


async def test_where_socket_mode_is_switched_off_we_stop_and_say_so(
    slack: SlackAdapter, fake: FakeSlack, rests: Rests
) -> None:
    await fake.gateway.sockets[-1].send_json(sample("socket/disconnect_link_disabled"))
    await fake.gateway.close_oldest()
    await fake.gateway.when(lambda gateway: not gateway.sockets)
    while slack.health().ok:
        await asyncio.sleep(0)
    assert "switched off" in slack.health().detail
    assert slack.health().ended
    assert fake.calls["apps.connections.open"] == 1
    assert rests.taken == []


async def test_a_websocket_that_says_nothing_is_given_up(
    host: RecordingHost, fake: FakeSlack, rests: Rests, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "HELLO_SECONDS", 0.05)
    rests.last_for_ever = True
    fake.gateway.greets = False
    app = ADAPTER.create(SlackConfig.model_validate(fake.configuration(mode="socket", app_token=APP_TOKEN)))
    await app.start(host)
    await fake.gateway.when(lambda gateway: gateway.opened and not gateway.sockets)
    while "said nothing" not in app.health().detail:
        await asyncio.sleep(0)
    await app.stop()


async def test_stopping_lets_what_was_received_be_stored_and_acknowledged(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack
) -> None:
    stored, release = asyncio.Event(), asyncio.Event()

    async def slowly(message: InboundMessage) -> None:
        stored.set()
        await release.wait()

    host.on_message = slowly
    envelope_id = await fake.gateway.deliver("events_api", fake.event("到哪了"))
    await stored.wait()
    stopping = asyncio.ensure_future(slack.stop())
    await asyncio.sleep(0)
    release.set()
    await stopping
    await fake.gateway.when(lambda gateway: not gateway.sockets)
    assert fake.gateway.acknowledged == [envelope_id]
    assert not slack.health().ok


async def test_this_mode_takes_no_requests(slack: SlackAdapter, fake: FakeSlack, host: RecordingHost) -> None:
    assert (await slack.handle_webhook(fake.says("到哪了"))).status == 404
    assert host.received == []


async def test_no_ticket_is_logged(
    slack: SlackAdapter, fake: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    fake.script_for("apps.connections.open", Answer({"ok": True, "url": f"{fake.base_url}/link?ticket=secret-1"}))
    fake.gateway.cut()
    await fake.gateway.when(lambda gateway: gateway.opened == 2 and gateway.sockets)
    assert "ticket" not in caplog.text.replace("test_no_ticket", "")
    assert APP_TOKEN not in caplog.text


async def test_a_thousand_messages_through_renewals_and_cuts_are_stored_once_and_in_order(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack, clock: MovableClock
) -> None:
    dice = Random(20261125)
    for number in range(1_000):
        await fake.gateway.when(lambda gateway: gateway.sockets and not gateway.sockets[-1].closed)
        await fake.gateway.deliver("events_api", fake.event(f"{number}"))
        if number % 50 == 49:
            opened = fake.gateway.opened
            clock.advance(timedelta(minutes=1))
            if dice.random() < 0.5:
                fake.gateway.cut()
            else:
                await fake.gateway.disconnect()
            await fake.gateway.when(lambda gateway, opened=opened: gateway.opened > opened and gateway.sockets)
            await fake.gateway.redeliver()
            await fake.gateway.when(lambda gateway: not gateway.pending)
    await fake.gateway.when(lambda gateway: not gateway.pending)
    assert [int(message.text) for message in host.received] == list(range(1_000))


class SocketStage(SlackStage):
    """Questions over the websocket."""

    def callback(self, body: bytes) -> None:  # type: ignore[override]
        """The platform does not call."""

    async def says(self, text: str, key: str) -> bool:
        return await self.deliver(self.genuine(text, key))

    async def deliver(self, body: bytes) -> bool:
        """Whether an envelope with that payload was acknowledged."""
        assert isinstance(self.adapter, SlackAdapter)
        await connected(self.adapter)
        gateway, before, envelope_id = self.fake.gateway, self.refused(), uuid4().hex
        gateway.pending[envelope_id] = {}
        payload = body.decode("utf-8", "replace")
        await gateway.sockets[-1].send_str(
            f'{{"envelope_id": "{envelope_id}", "type": "events_api", "payload": {payload}}}'
        )
        while envelope_id in gateway.pending:
            if self.refused() > before:
                return False
            await asyncio.sleep(0)
        return True

    def refused(self) -> float:
        figures = self.adapter.health().figures
        return figures.get("received_not_acknowledged", 0) + figures.get("received_unreadable", 0)


class TestSlackSocket(AdapterContract):
    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        clock = MovableClock(WHEN)
        async with RecordingHost(clock) as host, FakeSlack(clock.now) as fake:
            stage = SocketStage(host, fake, mode="socket", app_token=APP_TOKEN)
            await stage.adapter.start(host)
            assert isinstance(stage.adapter, SlackAdapter)
            await connected(stage.adapter)
            yield stage
            await stage.adapter.stop()

"""Stream mode against a real gateway on loopback: heard, stored, acknowledged; and always connected again."""

import asyncio
import json
import logging
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from adapters.dingtalk.frames import CARDS, Reply
from adapters.dingtalk.stream import State, Stream
from bot.contracts import ConversationKind, InboundMessage, Receipt
from bot.testing import FakeDingTalk, MovableClock, RecordingHost, outbound
from tests.adapters.dingtalk.samples import CORP, ROBOT_CODE, sample
from tests.adapters.dingtalk.streaming import FAST, Dice, stream_adapter, streaming

GROUP = "cidGroup1=="


async def test_the_registration_has_the_recorded_form(fake: FakeDingTalk, host: RecordingHost) -> None:
    recorded = sample("stream_open")["request"]
    async with streaming(fake, host, card_template_id="fake-template.schema") as robot:
        assert robot.health().ok
        (registration,) = fake.stream.registrations
    for name in ("Content-Type", "Accept"):
        assert registration["headers"][name] == recorded["headers"][name]
    body = registration["body"]
    assert set(body) == set(recorded["body"]) - {"localIp"}
    wanted = [one for one in recorded["body"]["subscriptions"] if one["type"] != "EVENT"]  # events cost quota
    assert body["subscriptions"] == wanted


async def test_a_message_is_stored_and_only_then_acknowledged(fake: FakeDingTalk, host: RecordingHost) -> None:
    acks_when_stored: list[int] = []

    async def note(message: InboundMessage) -> None:
        acks_when_stored.append(len(fake.stream.acks))

    host.on_message = note
    async with streaming(fake, host):
        push = await fake.stream.push(fake.payload("LX123456785CN 到哪了"))
        await fake.stream.until(lambda: push.is_taken)
    assert [message.text for message in host.received] == ["LX123456785CN 到哪了"]
    assert acks_when_stored == [0]


@pytest.mark.parametrize("name", ["stream_frame_robot", "stream_frame_ping"])
async def test_a_recorded_frame_is_answered_as_recorded(fake: FakeDingTalk, host: RecordingHost, name: str) -> None:
    recorded = sample(name)
    async with streaming(fake, host, robot_code=ROBOT_CODE, corp_id=CORP):
        await fake.stream.raw(json.dumps(recorded["frame"]))
        await fake.stream.until(lambda: fake.stream.acks)
    assert fake.stream.acks == [recorded["ack"]]


async def test_a_topic_nobody_subscribed_to_and_an_event_are_answered(fake: FakeDingTalk, host: RecordingHost) -> None:
    async with streaming(fake, host):
        await fake.stream.raw(json.dumps(sample("stream_frame_delegate")["frame"]))
        await fake.stream.until(lambda: len(fake.stream.acks) == 1)
        await fake.stream.raw(json.dumps(sample("stream_frame_event")["frame"]))
        await fake.stream.until(lambda: len(fake.stream.acks) == 2)
    assert [ack["code"] for ack in fake.stream.acks] == [404, 200]
    assert json.loads(fake.stream.acks[1]["data"])["status"] == "SUCCESS"
    assert host.received == []


async def test_other_system_frames_need_no_answer(fake: FakeDingTalk, host: RecordingHost) -> None:
    async with streaming(fake, host):
        for frame in sample("stream_frame_system_other"):
            await fake.stream.raw(json.dumps(frame))
        await fake.stream.say("ping", '{"opaque":"x"}', message_id="p1")
        await fake.stream.until(lambda: fake.stream.acks)
    assert [ack["headers"]["messageId"] for ack in fake.stream.acks] == ["p1"]


async def test_malformed_frames_never_take_the_connection(fake: FakeDingTalk, host: RecordingHost) -> None:
    async with streaming(fake, host) as robot:
        for text in [*sample("stream_frame_malformed")["frames_as_text"], "\0", "[" * 10_000, '{"type":7}']:
            await fake.stream.raw(text)
        push = await fake.stream.push(fake.payload("你好"))
        await fake.stream.until(lambda: push.is_taken and len(fake.stream.acks) == 4)
        assert robot.health().figures["stream_opened"] == 1
    codes = {ack["headers"]["messageId"]: ack["code"] for ack in fake.stream.acks}
    assert (codes["x1"], codes["x2"], codes["x3"]) == (500, 404, 404)


async def test_the_recorded_redelivery_is_acknowledged_twice_and_stored_once(
    fake: FakeDingTalk, host: RecordingHost
) -> None:
    async with streaming(fake, host, robot_code=ROBOT_CODE, corp_id=CORP) as robot:
        for frame in sample("stream_redelivery")["frames"]:
            await fake.stream.raw(json.dumps(frame))
        await fake.stream.until(lambda: len(fake.stream.acks) == 2)
        assert robot.health().figures["heard_duplicates"] == 1
    assert [ack["code"] for ack in fake.stream.acks] == [200, 200]
    assert len(host.received) == 1


async def test_what_could_not_be_stored_is_not_taken_and_comes_again(
    fake: FakeDingTalk, host: RecordingHost, clock: MovableClock
) -> None:
    host.full = True
    async with streaming(fake, host):
        push = await fake.stream.push(fake.payload("到哪了"))
        await fake.stream.until(lambda: push.ack)
        assert push.ack is not None
        assert push.ack["code"] == 500
        host.full = False
        clock.advance(timedelta(seconds=59))
        assert await fake.stream.redeliver() == 0
        clock.advance(timedelta(seconds=1))
        assert await fake.stream.redeliver() == 1
        await fake.stream.until(lambda: push.is_taken)
    assert len(host.received) == 1


@pytest.mark.parametrize("changed", [{"robotCode": "dingother"}, {"chatbotCorpId": "dingother"}])
async def test_a_message_for_another_robot_is_not_ours_and_does_not_come_again(
    fake: FakeDingTalk, host: RecordingHost, changed: dict[str, str]
) -> None:
    async with streaming(fake, host) as robot:
        push = await fake.stream.push(fake.payload("到哪了", **changed))
        await fake.stream.until(lambda: push.is_taken)
        assert robot.health().figures["heard_not_ours"] == 1
    assert host.received == []


async def test_on_goodbye_the_new_connection_is_open_before_the_old_one_is_left(
    fake: FakeDingTalk, host: RecordingHost
) -> None:
    async with streaming(fake, host) as robot:
        await fake.stream.say("ping", "{}")
        await fake.stream.until(lambda: fake.stream.acks)
        (old,) = fake.stream.links
        old.leaving = True
        await fake.stream.raw(json.dumps(sample("stream_frame_disconnect")["frame"]))
        await fake.stream.until(lambda: fake.stream.past)
        assert fake.stream.past == [old]
        assert len(fake.stream.acks) == 1, "goodbye needs no answer"
        assert old.closed_with == 1000
        assert len(fake.stream.open_links) == 1
        assert robot.health().state == "up"
    assert fake.stream.most_links == 2
    assert len(fake.stream.registrations) == 2


async def test_what_an_old_connection_still_delivers_is_taken(fake: FakeDingTalk, host: RecordingHost) -> None:
    async with streaming(fake, host, pace=replace(FAST, drain=30.0)):
        (old,) = fake.stream.links
        await fake.stream.say("ping", "{}")
        await fake.stream.say("disconnect", "{}")
        await fake.stream.until(lambda: fake.stream.open_links)
        fake.stream.open_links[0].leaving = True
        old.leaving = False
        push = await fake.stream.push(fake.payload("到哪了"))
        await fake.stream.until(lambda: push.is_taken)
    assert len(host.received) == 1


async def test_a_half_open_socket_is_found_by_its_silence(fake: FakeDingTalk, host: RecordingHost) -> None:
    async with streaming(fake, host, pace=replace(FAST, heartbeat=0.05)):
        (dead,) = fake.stream.links
        dead.frozen = True
        dead.leaving = True
        await fake.stream.until(lambda: fake.stream.open_links)
        push = await fake.stream.push(fake.payload("到哪了"))
        await fake.stream.until(lambda: push.is_taken)


async def test_a_cut_connection_is_replaced_after_a_short_random_wait(fake: FakeDingTalk, host: RecordingHost) -> None:
    dice = Dice()
    async with streaming(fake, host, pace=replace(FAST, first_wait=1.0, longest_wait=60.0), dice=dice):
        for number in range(3):
            push = await fake.stream.push(fake.payload(f"到哪了 {number}"))
            await fake.stream.until(lambda push=push: push.is_taken)  # type: ignore[misc]
            link = fake.stream.links[0]
            link.cut()
            await fake.stream.until(lambda link=link: link in fake.stream.past and fake.stream.open_links)  # type: ignore[misc]
    assert dice.bounds == [1.0, 1.0, 1.0]


async def test_a_gateway_that_says_goodbye_at_once_is_not_hammered(fake: FakeDingTalk, host: RecordingHost) -> None:
    dice = Dice()
    fake.stream.goodbye_at_once = True
    async with streaming(fake, host, pace=replace(FAST, first_wait=1.0, longest_wait=60.0), dice=dice):
        await fake.stream.until(lambda: len(fake.stream.registrations) == 10)
    assert dice.bounds[:8] == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]


class Patient(Random):
    """Always waits as long as it may."""

    def uniform(self, a: float, b: float) -> float:
        return b


async def test_between_attempts_the_gateway_has_its_rest(fake: FakeDingTalk, host: RecordingHost) -> None:
    fake.stream.refusals += [(503, {})] * 100
    pace = replace(FAST, first_wait=3600.0, longest_wait=3600.0)
    async with streaming(fake, host, pace=pace, dice=Patient()) as robot:
        for _ in range(5):  # other requests have their time meanwhile
            await robot.send(outbound("x", adapter="dingtalk", conversation=GROUP, kind=ConversationKind.GROUP))
        assert robot.health().state == "stream waiting"
        assert len(fake.stream.registrations) == 1


class Broken(Random):
    """A defect where the wait is chosen."""

    def uniform(self, a: float, b: float) -> float:
        raise ArithmeticError("broken")


async def test_a_supervisor_that_failed_says_that_it_has_to_be_started_again(
    fake: FakeDingTalk, host: RecordingHost, caplog: pytest.LogCaptureFixture
) -> None:
    fake.stream.refusals.append((503, {}))
    async with streaming(fake, host, dice=Broken()) as robot:
        health = robot.health()
        assert (health.ok, health.ended) == (False, True)
        assert "ArithmeticError" in caplog.text
        await robot.stop()
        await robot.start(host)
        assert (robot.health().ok, robot.health().ended) == (True, False)


async def test_refused_credentials_are_tried_slowly(fake: FakeDingTalk, host: RecordingHost) -> None:
    pace = replace(FAST, credentials_wait=3600.0)
    async with streaming(fake, host, pace=pace, client_secret="wrong") as robot:
        for _ in range(5):
            await robot.send(outbound("x", adapter="dingtalk", conversation=GROUP, kind=ConversationKind.GROUP))
        assert len(fake.stream.registrations) == 1


@pytest.mark.parametrize(("status", "body", "says"), [
    (401, sample("stream_open")["errors"][0]["body"], "client_secret"),
    (400, sample("stream_open")["errors"][1]["body"], "Stream mode"),
    (503, {}, "HTTP 503"),
    (200, {"endpoint": "wss://evil.example/connect", "ticket": "t"}, "stream_hosts"),
    (200, {"endpoint": "wss://wss-open-connection.dingtalk.com.evil.example/connect", "ticket": "t"}, "stream_hosts"),
    (200, {"endpoint": "wss://a@wss-open-connection.dingtalk.com/connect", "ticket": "t"}, "stream_hosts"),
    (200, {"endpoint": "http://[", "ticket": "t"}, "endpoint"),
    (200, {"endpoint": "ws://127.0.0.1:1/connect"}, "ticket"),
    (200, {"endpoint": "ws://127.0.0.1:1/connect", "ticket": "t"}, "websocket"),
])
async def test_a_refused_registration_is_told_and_tried_again(
    fake: FakeDingTalk, host: RecordingHost, status: int, body: dict[str, str], says: str
) -> None:
    fake.stream.refusals.append((status, body))
    async with streaming(fake, host, pace=replace(FAST, first_wait=3600.0, longest_wait=3600.0), dice=Dice()) as robot:
        health = robot.health()
        assert not health.ok
        assert says in health.detail
        await fake.stream.until(lambda: fake.stream.links)
        push = await fake.stream.push(fake.payload("到哪了"))
        await fake.stream.until(lambda: push.is_taken)
        assert robot.health().ok


async def test_an_endpoint_of_the_platform_is_taken() -> None:
    from adapters.dingtalk.config import DingTalkConfig
    from adapters.dingtalk.gateway import _endpoint

    keys = {"name": "d", "type": "dingtalk"}
    for host in ("wss-open-connection.dingtalk.com", "wss-open-connection-union.dingtalk.com"):
        assert _endpoint(f"wss://{host}:443/connect", DingTalkConfig.model_validate(keys)).host == host
    named = DingTalkConfig.model_validate(keys | {"stream_hosts": ["gateway.example"]})
    assert _endpoint("wss://gateway.example/connect", named).host == "gateway.example"


async def test_neither_ticket_nor_secret_is_ever_logged(
    fake: FakeDingTalk, host: RecordingHost, clock: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    fake.stream.tickets_end_at_once = True
    with caplog.at_level(logging.DEBUG):
        async with streaming(fake, host):
            await fake.stream.until(lambda: fake.stream.tickets_refused >= 2)
            fake.stream.tickets_end_at_once = False
            await fake.stream.until(lambda: fake.stream.links)
            await fake.stream.say("disconnect", "{}")
            await fake.stream.until(lambda: fake.stream.past)
    said = caplog.text
    assert "websocket" in said
    assert fake.stream.tickets
    assert not any(secret in said for secret in (*fake.stream.tickets, "fake-client-secret"))


class SlowHost(RecordingHost):
    """A store in which what came first may be ready last."""

    async def receive(self, message: InboundMessage) -> Receipt:
        for _ in range(int(message.text) % 7):
            await asyncio.sleep(0)
        return await super().receive(message)


async def test_messages_of_a_conversation_keep_their_order_and_others_do_not_wait(
    fake: FakeDingTalk, clock: MovableClock
) -> None:
    async with SlowHost(clock) as host, streaming(fake, host):
        pushes = [await fake.stream.push(fake.payload(str(n), conversation=f"cid{n % 3}==")) for n in range(60)]
        await fake.stream.until(lambda: all(push.is_taken for push in pushes))
    for place in range(3):
        stored = [int(one.text) for one in host.received if one.conversation.external_id == f"cid{place}=="]
        assert stored == list(range(place, 60, 3))
    assert [int(one.text) for one in host.received] != list(range(60))


async def test_stopping_lets_what_was_taken_reach_the_inbox_and_be_acknowledged(
    fake: FakeDingTalk, host: RecordingHost
) -> None:
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def wait(message: InboundMessage) -> None:
        reached.set()
        await go_on.wait()

    host.on_message = wait
    robot = stream_adapter(fake)
    await robot.start(host)
    push = await fake.stream.push(fake.payload("到哪了"))
    await reached.wait()
    stopping = asyncio.ensure_future(robot.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    go_on.set()
    await stopping
    await fake.stream.until(lambda: fake.stream.past)
    assert push.is_taken
    assert [link.closed_with for link in fake.stream.past] == [1000]
    assert robot.health().state == "stopped"


async def test_stopping_does_not_wait_for_a_platform_that_does_not_say_goodbye(
    fake: FakeDingTalk, host: RecordingHost
) -> None:
    fake.stream.deaf_to_goodbye = True
    robot = stream_adapter(fake)
    await robot.start(host)
    async with asyncio.timeout(0.4):  # what the core has for it
        await robot.stop()


async def test_the_start_does_not_wait_for_a_gateway_that_does_not_answer(
    fake: FakeDingTalk, host: RecordingHost
) -> None:
    fake.stream.silent = True
    async with streaming(fake, host, pace=replace(FAST, start=0.01)) as robot:
        assert (robot.health().ok, robot.health().state) == (False, "stream registering")
        assert robot.health().figures["stream_up"] == 0


async def test_a_connection_is_renewed_before_the_platform_ends_it(fake: FakeDingTalk, host: RecordingHost) -> None:
    async with streaming(fake, host, pace=replace(FAST, renew_after=0.05, settled_after=0.01)):
        await fake.stream.until(lambda: len(fake.stream.past) >= 2)
    assert {link.closed_with for link in fake.stream.past} == {1000}
    assert fake.stream.most_links >= 2


async def test_card_presses_are_subscribed_to_only_with_a_template(fake: FakeDingTalk, host: RecordingHost) -> None:
    async with streaming(fake, host):
        topics = [one["topic"] for one in fake.stream.registrations[0]["body"]["subscriptions"]]
    assert CARDS not in topics


async def test_a_stream_that_never_started_can_be_stopped() -> None:
    async def never(frame: object) -> Reply:
        raise AssertionError(frame)

    from adapters.dingtalk import DingTalkConfig

    stream = Stream(DingTalkConfig(name="d", type="dingtalk"), never)
    await stream.stop()
    assert (stream.state, stream.is_well) == (State.STOPPED, False)

"""Sending to a real server that behaves like the platform, and misbehaves like it."""

import asyncio
import json
import logging
from datetime import timedelta
from typing import Any

import pytest

from adapters.dingtalk import ADAPTER, DingTalkAdapter, DingTalkConfig
from bot.contracts import Card, ConversationKind, Field, OutboundMessage, Refused, ReplyRoute, Retry, Sent, Uncertain
from bot.testing import Answer, FakeDingTalk, Hang, Late, MovableClock, RecordingHost, Reset, Sink, outbound
from tests.adapters.dingtalk.samples import NOW, sample

GROUP, OTHER = "cidGroup==", "cidOther=="
CARD = Card(language="zh-Hans", title="LX123456785CN · 清关中", text=("航班 CV7911 晚点 3 小时",))


async def started(fake: FakeDingTalk, host: RecordingHost, **more: Any) -> DingTalkAdapter:
    adapter = ADAPTER.create(DingTalkConfig.model_validate(fake.configuration(**more)))
    await adapter.start(host)
    return adapter


def message(*, route: str | None = None, conversation: str = GROUP, **more: Any) -> OutboundMessage:
    reply_route = ReplyRoute(url=route, expires_at=NOW + timedelta(minutes=90)) if route else None
    return outbound(more.pop("card", CARD), adapter="dingtalk", conversation=conversation,
                    kind=ConversationKind.GROUP, reply_route=reply_route, **more)


async def test_an_answer_goes_over_the_session_of_its_question(fake: FakeDingTalk, host: RecordingHost) -> None:
    adapter = await started(fake, host)
    assert await adapter.send(message(route=fake.open_session(GROUP))) == Sent()
    (post,) = fake.posts
    assert (post.conversation, post.by) == (GROUP, "session")
    assert "CV7911" in post.text
    assert "msgUuid" not in post.body


async def test_from_a_callback_to_the_answer_in_its_group(fake: FakeDingTalk, host: RecordingHost) -> None:
    from bot.contracts import WebhookRequest

    adapter = await started(fake, host)
    callback = fake.says("LX123456785CN 到哪了", conversation=GROUP)
    headers = {name.lower(): value for name, value in callback.headers.items()}
    response = await adapter.handle_webhook(WebhookRequest("POST", headers, {}, callback.body))
    fake.take_answer(GROUP, json.loads(response.body))
    asked = host.received[0]
    await adapter.send(outbound(CARD, adapter="dingtalk", conversation=GROUP, reply_route=asked.reply_route,
                                in_reply_to=asked.message_id, mention=(asked.sender.external_id,)))
    assert asked.text == "LX123456785CN 到哪了"
    assert [post.conversation for post in fake.posts] == [GROUP]


async def test_a_push_goes_through_the_custom_robot_signed_and_with_its_key(
    fake: FakeDingTalk, host: RecordingHost
) -> None:
    fake.add_robot("abc123", GROUP, secret="SECx+/y=", keyword="包裹桥")
    adapter = await started(fake, host)
    pushed = message()
    assert await adapter.send(pushed) == Sent()
    assert await adapter.send(message(conversation="robot:robot1")) == Sent()
    assert [(post.conversation, post.by) for post in fake.posts] == [(GROUP, "abc123")] * 2
    assert fake.posts[0].body["msgUuid"] == pushed.message_id
    assert "包裹桥" in fake.posts[0].text


async def test_a_push_has_the_recorded_form(host: RecordingHost) -> None:
    recorded = sample("webhook_custom_send")["request"]
    async with Sink() as sink:
        config = {"name": "d", "type": "dingtalk", "oapi_base_url": sink.base_url, "custom_robots": {"ops": {
            "access_token": "9b1de2f47ac05831c6d94e0b7f2a5c88e3d1704fb69a2cde51f08b37a4c6e915",
            "secret": "SEC4f1c9a07d2b86e3305faa1be77c94d20e8136bd5f0927a4ce1b3885d6f20a97c"}}}
        adapter = ADAPTER.create(DingTalkConfig.model_validate(config))
        await adapter.start(host)
        await adapter.send(message(conversation="robot:ops"))
        (taken,) = sink.taken
    assert taken.path == "/robot/send"
    assert set(taken.query) == {"access_token", "timestamp", "sign"}
    assert taken.headers["content-type"] == recorded["headers"]["Content-Type"]
    assert set(taken.json()) == set(recorded["body"]) - {"at"}
    assert set(taken.json()["markdown"]) == set(recorded["body"]["markdown"])


async def test_a_second_attempt_after_a_lost_answer_is_posted_once_by_a_custom_robot(
    fake: FakeDingTalk, host: RecordingHost
) -> None:
    fake.add_robot("abc123", GROUP)
    adapter = await started(fake, host)
    pushed = message()
    fake.script(Reset(taken=True))
    assert isinstance(await adapter.send(pushed), Uncertain)
    assert await adapter.send(pushed.model_copy(update={"resent": True, "attempt": 2})) == Sent()
    assert len(fake.posts) == 1


async def test_a_session_that_ends_soon_is_not_used(
    fake: FakeDingTalk, host: RecordingHost, clock: MovableClock
) -> None:
    adapter = await started(fake, host)
    route = fake.open_session(GROUP)
    clock.advance(timedelta(minutes=84, seconds=59))
    assert await adapter.send(message(route=route)) == Sent()
    clock.advance(timedelta(seconds=1))
    assert isinstance(await adapter.send(message(route=route)), Sent)
    assert [post.by for post in fake.posts] == ["session", "openapi"]
    assert fake.requests == 1


async def test_a_session_that_has_gone_falls_back_to_the_groups_custom_robot(
    fake: FakeDingTalk, host: RecordingHost
) -> None:
    route = fake.open_session(GROUP)
    fake.add_robot("abc123", GROUP)
    adapter = await started(fake, host)
    fake.close_sessions()
    assert await adapter.send(message(route=route)) == Sent()
    assert [post.by for post in fake.posts] == ["abc123"]
    assert isinstance(await adapter.send(message(route=route, conversation=OTHER)), Sent)
    assert [(post.conversation, post.by) for post in fake.posts[1:]] == [(OTHER, "openapi")]


async def test_without_any_way_the_refusal_says_what_would_help(fake: FakeDingTalk, host: RecordingHost) -> None:
    adapter = await started(fake, host, client_id=None, client_secret=None, robot_code=None, corp_id=None)
    nothing = await adapter.send(message())
    assert isinstance(nothing, Refused)
    assert nothing.route_gone
    assert "conversation_id" in nothing.reason
    unknown = await adapter.send(message(conversation="robot:nobody"))
    assert isinstance(unknown, Refused)
    assert unknown.destination_broken
    assert "nobody" in unknown.reason


@pytest.mark.parametrize("url", [
    "http://169.254.169.254/robot/sendBySession?session=a", "https://oapi.dingtalk.com/robot/sendBySession?session=a",
    "http://127.0.0.1:1/robot/sendBySession?session=a", "gopher://127.0.0.1/robot/sendBySession?session=a",
])
async def test_a_stored_address_that_points_elsewhere_is_never_contacted(
    fake: FakeDingTalk, host: RecordingHost, url: str
) -> None:
    adapter = await started(fake, host)
    assert isinstance(await adapter.send(message(route=url)), Sent)
    assert ([post.by for post in fake.posts], fake.requests) == (["openapi"], 0)
    pushing = await started(fake, host, client_id=None, client_secret=None, robot_code=None, corp_id=None)
    refused = await pushing.send(message(route=url))
    assert isinstance(refused, Refused)
    assert (refused.code, refused.route_gone) == ("route_refused", True)
    assert url not in refused.reason


async def test_a_redirect_is_never_followed(fake: FakeDingTalk, host: RecordingHost) -> None:
    adapter = await started(fake, host)
    async with Sink() as inside:
        fake.script(*(Answer(status=status, headers={"Location": f"{inside.base_url}/admin"}) for status in (302, 307)))
        for _ in range(2):
            assert isinstance(await adapter.send(message(route=fake.open_session(GROUP))), Retry)
        assert inside.taken == []


async def test_a_refusal_inside_http_200_is_a_refusal(fake: FakeDingTalk, host: RecordingHost) -> None:
    fake.add_robot("abc123", GROUP, keyword="必须有")
    adapter = await started(fake, host, custom_robots={"r": {"access_token": "abc123", "conversation_id": GROUP}})
    refused = await adapter.send(message())
    assert isinstance(refused, Refused)
    assert (refused.code, refused.destination_broken) == ("310000", True)
    assert fake.posts == []


async def test_a_wrong_secret_a_wrong_clock_and_a_wrong_token_are_told_apart(
    fake: FakeDingTalk, host: RecordingHost, clock: MovableClock
) -> None:
    fake.add_robot("abc123", GROUP, secret="SECright")
    wrong = {"r": {"access_token": "abc123", "secret": "SECwrong", "conversation_id": GROUP},
             "q": {"access_token": "zzz", "conversation_id": OTHER}}
    adapter = await started(fake, host, custom_robots=wrong)
    signed, unknown = await adapter.send(message()), await adapter.send(message(conversation=OTHER))
    assert isinstance(signed, Refused)
    assert "secret" in signed.reason
    assert isinstance(unknown, Refused)
    assert "access_token" in unknown.reason
    late = RecordingHost(MovableClock(NOW - timedelta(hours=2)))
    async with late:
        adapter = await started(fake, late)
        behind = await adapter.send(message())
    assert isinstance(behind, Refused)
    assert "clock" in behind.reason


async def test_a_message_the_platform_finds_too_long_goes_once_more_in_a_smaller_form(
    fake: FakeDingTalk, host: RecordingHost
) -> None:
    adapter = await started(fake, host)
    too_long = Answer({"errcode": 460101, "errmsg": "message too long, exceed 20000 bytes"})
    long = Card(title="x", fields=tuple(Field(label=str(n), value="延误" * 100) for n in range(80)))
    fake.script(too_long)
    assert await adapter.send(message(route=fake.open_session(GROUP), card=long)) == Sent()
    assert len(json.dumps(fake.posts[0].body, ensure_ascii=False).encode()) <= 9_100
    fake.script(too_long, too_long)
    assert isinstance(await adapter.send(message(route=fake.open_session(GROUP), card=long)), Refused)
    assert fake.requests == 4


async def test_the_twenty_first_message_mutes_that_robot_and_no_other(
    fake: FakeDingTalk, host: RecordingHost, clock: MovableClock
) -> None:
    fake.add_robot("abc123", GROUP)
    fake.add_robot("def456", OTHER)
    adapter = await started(fake, host)
    for _ in range(20):
        assert await adapter.send(message()) == Sent()
    muted = await adapter.send(message())
    assert isinstance(muted, Retry)
    assert (muted.code, muted.after) == ("130101", timedelta(minutes=10))
    before = fake.requests
    again = await adapter.send(message())
    assert isinstance(again, Retry)
    assert fake.requests == before, "a muted robot is left alone"
    assert await adapter.send(message(conversation=OTHER)) == Sent()
    clock.advance(timedelta(minutes=10))
    assert await adapter.send(message()) == Sent()


async def test_no_connection_is_a_retry_and_a_lost_answer_is_uncertain(
    fake: FakeDingTalk, host: RecordingHost, clock: MovableClock
) -> None:
    adapter = await started(fake, host)
    route = fake.open_session(GROUP)
    fake.script(Reset(), Answer("x" * 200_000), Answer({}, status=503))
    assert isinstance(await adapter.send(message(route=route)), Uncertain)
    assert isinstance(await adapter.send(message(route=route)), Retry)
    assert isinstance(await adapter.send(message(route=route)), Retry)
    await fake.stop()
    async with RecordingHost(clock) as fresh:  # no connection kept from before
        await adapter.start(fresh)
        gone = await adapter.send(message(route=route))
    assert isinstance(gone, Retry)
    assert "session=" not in gone.reason


async def test_an_answer_that_never_comes_is_given_up_in_time(
    fake: FakeDingTalk, host: RecordingHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.dingtalk.send.TOTAL_SECONDS", 0.1)
    monkeypatch.setattr("adapters.dingtalk.send.LEAST_SECONDS", 0.1)
    adapter = await started(fake, host)
    fake.script(Hang(taken=True))
    assert await adapter.send(message(route=fake.open_session(GROUP))) == Uncertain("no answer: TimeoutError")
    assert len(fake.posts) == 1, "it had arrived: this is why the outcome is uncertain"


async def test_a_late_answer_within_the_time_counts(fake: FakeDingTalk, host: RecordingHost) -> None:
    adapter = await started(fake, host)
    release = asyncio.Event()
    fake.script(Late(release))
    sending = asyncio.create_task(adapter.send(message(route=fake.open_session(GROUP))))
    while not fake.posts:
        await asyncio.sleep(0)
    assert not sending.done()
    release.set()
    assert await sending == Sent()


async def test_credentials_never_reach_a_log_or_a_reason(
    fake: FakeDingTalk, host: RecordingHost, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    fake.add_robot("secrettoken", GROUP, secret="SECsecret")
    adapter = await started(fake, host, custom_robots={
        "r": {"access_token": "secrettoken", "secret": "SECwrong", "conversation_id": GROUP}})
    fake.script(Reset())
    route = fake.open_session(OTHER)
    said = [repr(await adapter.send(message())), repr(await adapter.send(message())),
            repr(await adapter.send(message(route=route, conversation=OTHER))), repr(adapter.health())]
    for text in (*said, caplog.text):
        assert not any(secret in text for secret in ("secrettoken", "SECwrong", route.rpartition("=")[2], "sign="))


async def test_health_names_what_is_broken_until_it_works_again(fake: FakeDingTalk, host: RecordingHost) -> None:
    fake.add_robot("abc123", GROUP)
    adapter = await started(fake, host)
    assert (adapter.health().ok, adapter.health().state) == (True, "up")
    fake.script(Answer({"errcode": 400102, "errmsg": "robot disabled"}))
    await adapter.send(message())
    assert adapter.health().state == "degraded"
    assert "robot:robot1: the robot is disabled" in adapter.health().detail
    await adapter.send(message())
    assert adapter.health().state == "up"
    assert adapter.health().figures["sent_sent"] == 1
    assert adapter.health().figures["sent_refused"] == 1
    await adapter.stop()
    assert not adapter.health().ok
    assert isinstance(await adapter.send(message()), Retry)


def test_capabilities_keep_below_the_platforms_limits() -> None:
    pushing = {"name": "d", "type": "dingtalk", "custom_robots": {"r": {"access_token": "a"}}}
    able = ADAPTER.create(DingTalkConfig.model_validate(pushing)).capabilities
    assert able.sends_per_minute is not None
    assert able.sends_per_minute - able.reserved_per_minute == 15
    assert able.sends_per_minute < 20
    assert able.max_bytes < 20_000
    assert able.proactive
    assert not ADAPTER.create(DingTalkConfig.model_validate({"name": "d", "type": "dingtalk"})).capabilities.proactive

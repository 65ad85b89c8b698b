"""Sending without a session: tokens, groups, persons, throttles, to a server that behaves like the platform."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from adapters.dingtalk import ADAPTER, DingTalkAdapter, DingTalkConfig
from adapters.dingtalk.answers import OVER_BUDGET, TOKEN_REFUSED
from adapters.dingtalk.budget import REST
from adapters.dingtalk.limiter import Limiter
from adapters.dingtalk.tokens import NoToken, Tokens
from bot.contracts import (
    Action,
    Card,
    ConversationKind,
    OutboundMessage,
    Refused,
    ReplyRoute,
    Retry,
    Sent,
    Uncertain,
    WebhookRequest,
)
from bot.testing import Answer, FakeDingTalk, Hang, MovableClock, RecordingHost, Reset, Sink, outbound
from tests.adapters.dingtalk.samples import NOW, sample

GROUP, DIRECT = "cidGroup==", "cidDirect=="
CARD = Card(language="zh-Hans", title="LX123456785CN · 清关中", text=("航班 CV7911 晚点 3 小时",))
PLAIN = Card(text=("RB123456785CN 已清关",))


@pytest.fixture
async def robot(fake: FakeDingTalk, host: RecordingHost) -> AsyncIterator[DingTalkAdapter]:
    made = ADAPTER.create(DingTalkConfig.model_validate(fake.configuration()))
    await made.start(host)
    yield made
    await made.stop()


def message(
    *cards: Card, conversation: str = GROUP, kind: ConversationKind = ConversationKind.GROUP, **more: Any
) -> OutboundMessage:
    return outbound(*(cards or (CARD,)), adapter="dingtalk", conversation=conversation, kind=kind, **more)


async def write_directly(fake: FakeDingTalk, robot: DingTalkAdapter, *, staff: str, conversation: str) -> None:
    callback = fake.says("你好", staff=staff, conversation=conversation, conversationType="1")
    headers = {name.lower(): value for name, value in callback.headers.items()}
    assert (await robot.handle_webhook(WebhookRequest("POST", headers, {}, callback.body))).status == 200


def to_person(*cards: Card, conversation: str = DIRECT, **more: Any) -> OutboundMessage:
    return message(*cards, conversation=conversation, kind=ConversationKind.DIRECT, **more)


async def test_a_group_is_reached_without_a_session(fake: FakeDingTalk, robot: DingTalkAdapter) -> None:
    sent = await robot.send(message(mention=("manager8821",)))
    assert isinstance(sent, Sent)
    assert sent.provider_ref
    (post,) = fake.posts
    assert (post.conversation, post.by) == (GROUP, "openapi")
    assert "CV7911" in post.text
    assert "@" not in post.text, "the OpenAPI mentions nobody"


async def test_the_call_has_the_recorded_form(fake: FakeDingTalk, robot: DingTalkAdapter) -> None:
    recorded = sample("openapi_group_send")["request"]["body"]
    await robot.send(message(PLAIN))
    (path, body), = fake.openapi.calls
    assert path == "/v1.0/robot/groupMessages/send"
    assert set(body) == set(recorded)
    assert (body["msgKey"], body["msgParam"]) == (recorded["msgKey"], recorded["msgParam"])


@pytest.mark.parametrize("links", [1, 2, 3, 5])
async def test_links_become_the_cards_the_platform_knows(
    fake: FakeDingTalk, robot: DingTalkAdapter, links: int
) -> None:
    actions = tuple(Action(label=f"清单 {n}", url=f"https://track.example/{n}") for n in range(links))
    assert isinstance(await robot.send(message(CARD.model_copy(update={"actions": actions}))), Sent)
    body = fake.openapi.calls[0][1]
    assert body["msgKey"] == ("sampleActionCard" if links == 1 else f"sampleActionCard{links}")
    for recorded in sample("openapi_msg_kinds"):
        if recorded["msgKey"] == body["msgKey"]:
            assert set(json.loads(body["msgParam"])) == set(json.loads(recorded["msgParam"]))


async def test_a_person_is_reached_once_she_has_written_and_after_a_restart_too(
    fake: FakeDingTalk, robot: DingTalkAdapter, host: RecordingHost
) -> None:
    nobody = await robot.send(to_person())
    assert isinstance(nobody, Refused)
    assert nobody.route_gone
    await write_directly(fake, robot, staff="0147230586", conversation=DIRECT)
    assert isinstance(await robot.send(to_person()), Sent)
    await robot.stop()
    again = ADAPTER.create(DingTalkConfig.model_validate(fake.configuration()))
    await again.start(host)
    assert isinstance(await again.send(to_person()), Sent)
    await again.stop()
    assert [post.conversation for post in fake.posts] == ["user:0147230586"] * 2
    assert set(fake.openapi.calls[-1][1]) == set(sample("openapi_oto_batch_send")["request"]["body"])


async def test_an_outsiders_chat_cannot_be_written_to_first(fake: FakeDingTalk, robot: DingTalkAdapter) -> None:
    await write_directly(fake, robot, staff="", conversation=DIRECT)
    assert isinstance(await robot.send(to_person()), Refused)


async def test_the_same_alert_to_many_persons_is_one_call_for_each_twenty(
    fake: FakeDingTalk, robot: DingTalkAdapter
) -> None:
    places = [f"cid{n}==" for n in range(45)]
    for n, place in enumerate(places):
        await write_directly(fake, robot, staff=f"staff{n}", conversation=place)
    outcomes = await asyncio.gather(*(robot.send(to_person(conversation=place)) for place in places))
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert [len(body["userIds"]) for _, body in fake.openapi.calls] == [20, 20, 5]
    assert sorted(post.conversation for post in fake.posts) == sorted(f"user:staff{n}" for n in range(45))


async def test_each_person_of_a_call_has_an_outcome_of_her_own(fake: FakeDingTalk, robot: DingTalkAdapter) -> None:
    for name in ("gone", "slow", "well"):
        await write_directly(fake, robot, staff=name, conversation=f"cid-{name}")
    fake.openapi.unknown_staff.add("gone")
    fake.openapi.flow_controlled.add("slow")
    gone, slow, well = await asyncio.gather(
        *(robot.send(to_person(conversation=f"cid-{name}")) for name in ("gone", "slow", "well"))
    )
    assert isinstance(gone, Refused)
    assert gone.destination_broken
    assert isinstance(slow, Retry)
    assert slow.after
    assert isinstance(well, Sent)
    assert len(fake.openapi.calls) == 1


async def test_two_equal_messages_to_one_person_are_two_messages(fake: FakeDingTalk, robot: DingTalkAdapter) -> None:
    await write_directly(fake, robot, staff="manager8821", conversation=DIRECT)
    await asyncio.gather(robot.send(to_person()), robot.send(to_person()))
    assert len(fake.posts) == 2


async def test_who_gives_up_waiting_takes_nothing_from_the_others(fake: FakeDingTalk, robot: DingTalkAdapter) -> None:
    for name in ("a", "b"):
        await write_directly(fake, robot, staff=name, conversation=f"cid-{name}")
    impatient, patient = (asyncio.ensure_future(robot.send(to_person(conversation=f"cid-{name}"))) for name in "ab")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    impatient.cancel()
    assert isinstance(await patient, Sent)
    assert [post.conversation for post in fake.posts] == ["user:b"]


async def test_one_token_serves_everybody_and_is_replaced_before_it_ends(
    fake: FakeDingTalk, robot: DingTalkAdapter, clock: MovableClock
) -> None:
    await asyncio.gather(*(robot.send(message(conversation=f"cid{n}==")) for n in range(10)))
    assert fake.openapi.tokens_asked == 1
    clock.advance(timedelta(minutes=114))
    await robot.send(message())
    assert fake.openapi.tokens_asked == 1
    clock.advance(timedelta(minutes=1))
    await robot.send(message())
    assert fake.openapi.tokens_asked == 2


async def test_a_token_is_asked_for_and_read_as_recorded(host: RecordingHost) -> None:
    recorded = sample("openapi_access_token")
    asked, answered = recorded["request"], recorded["response"]["body"]
    async with Sink() as api:
        tokens = Tokens(DingTalkConfig.model_validate({
            "name": "d", "type": "dingtalk", "api_base_url": api.base_url,
            "client_id": asked["body"]["appKey"], "client_secret": asked["body"]["appSecret"],
        }))
        with pytest.raises(NoToken):  # this answer holds none
            await tokens.get(host)
        (taken,) = api.taken
        assert (taken.method, taken.path, taken.json()) == ("POST", urlsplit(asked["url"]).path, asked["body"])
        api.script(Answer(answered), Answer(recorded["error"]["body"], recorded["error"]["status"]))
        assert await tokens.get(host) == answered["accessToken"]
        tokens.drop(answered["accessToken"])
        with pytest.raises(NoToken, match="invalidClientIdOrSecret") as refusal:
            await tokens.get(host)
        assert refusal.value.refused


async def test_a_token_that_ended_early_is_fetched_once_more(fake: FakeDingTalk, robot: DingTalkAdapter) -> None:
    await robot.send(message())
    fake.openapi.drop_tokens()
    assert isinstance(await robot.send(message()), Sent)
    assert fake.openapi.tokens_asked == 2
    fake.script(*(Answer({"code": "InvalidAuthentication"}, status=400) for _ in range(2)))
    assert isinstance(await robot.send(message()), Retry)
    assert fake.openapi.tokens_asked == 3


async def test_refused_credentials_are_told_and_the_message_waits(
    fake: FakeDingTalk, host: RecordingHost, clock: MovableClock
) -> None:
    robot = ADAPTER.create(DingTalkConfig.model_validate(fake.configuration(client_secret="wrong")))
    await robot.start(host)
    for _ in range(3):
        outcome = await robot.send(message())
        assert isinstance(outcome, Retry)
        assert (outcome.code, outcome.after) == (None, None)
    assert robot.health().detail.startswith("token refused: ")
    assert "client_secret" in robot.health().detail
    assert fake.openapi.tokens_asked == 1, "it is slowed down who asks often"
    clock.advance(timedelta(minutes=1))
    await robot.send(message())
    assert fake.openapi.tokens_asked == 2
    await robot.stop()


async def test_a_used_up_month_lets_messages_wait_and_sessions_go_on(
    fake: FakeDingTalk, robot: DingTalkAdapter, clock: MovableClock
) -> None:
    fake.openapi.month_left = 0
    for _ in range(3):
        assert await robot.send(message()) is OVER_BUDGET
    assert len(fake.openapi.calls) == 1, "what would be refused is not asked for"
    assert robot.health().detail.startswith("over budget: ")
    route = ReplyRoute(url=fake.open_session(GROUP), expires_at=NOW + timedelta(hours=1))
    assert isinstance(await robot.send(message(reply_route=route)), Sent)
    fake.openapi.month_left = None
    clock.advance(REST)
    assert isinstance(await robot.send(message()), Sent)
    assert robot.health().state == "up"


async def test_a_used_up_month_lets_a_custom_robot_wait_too(
    fake: FakeDingTalk, host: RecordingHost, clock: MovableClock
) -> None:
    fake.add_robot("abc", GROUP)
    robot = ADAPTER.create(DingTalkConfig.model_validate(fake.configuration()))
    await robot.start(host)
    fake.script(Answer({"errcode": 90020, "errmsg": "…"}))
    for _ in range(2):
        assert await robot.send(message()) is OVER_BUDGET
    assert fake.requests == 1
    clock.advance(REST)
    assert isinstance(await robot.send(message()), Sent)
    fake.script(Answer({"errcode": 40014, "errmsg": "…"}))
    assert await robot.send(message()) is TOKEN_REFUSED
    assert robot.health().detail == f"robot:robot1: {TOKEN_REFUSED.reason}"
    assert isinstance(await robot.send(message()), Sent)
    assert robot.health().state == "up"
    await robot.stop()


async def test_a_caller_that_gives_up_does_not_take_the_token_from_the_others(
    fake: FakeDingTalk, host: RecordingHost
) -> None:
    tokens = Tokens(DingTalkConfig.model_validate(fake.configuration()))
    first, second = (asyncio.ensure_future(tokens.get(host)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second
    assert tokens.fetched == 1
    await tokens.stop()


@pytest.mark.parametrize(("step", "kind"), [
    (Reset(), Uncertain), (Reset(taken=True), Uncertain), (Answer({"code": "system.error"}, status=500), Uncertain),
    (Answer("", status=503), Retry), (Answer({"code": "send.too.fast"}, status=400), Retry),
    (Answer("<html>"), Retry), (Answer({}, status=302, headers={"Location": "http://127.0.0.1:9/"}), Retry),
    (Answer({"code": "group.disbanded"}, status=400), Refused),
])
async def test_each_failure_has_its_outcome(
    fake: FakeDingTalk, robot: DingTalkAdapter, step: Answer | Reset | Hang, kind: type
) -> None:
    fake.script(step)
    assert isinstance(await robot.send(message()), kind)


async def test_without_a_connection_nothing_can_have_been_sent(
    fake: FakeDingTalk, robot: DingTalkAdapter, clock: MovableClock
) -> None:
    await robot.send(message())  # has its token now
    await fake.stop()
    await robot.stop()
    async with RecordingHost(clock) as fresh:
        await robot.start(fresh)
        assert isinstance(await robot.send(message()), Retry)
        await robot.stop()


async def test_a_foreign_group_is_told_from_a_gone_one(fake: FakeDingTalk, robot: DingTalkAdapter) -> None:
    fake.openapi.foreign_groups.add(GROUP)
    refused = await robot.send(message())
    assert isinstance(refused, Refused)
    assert refused.destination_broken
    assert "custom robot" in refused.reason


async def test_what_is_too_long_goes_in_a_smaller_form(fake: FakeDingTalk, robot: DingTalkAdapter) -> None:
    fake.script(Answer({"code": "invalidParameter.msgParam.tooLong"}, status=400))
    long = Card(title="x", text=tuple(f"第{n}段 {'延误' * 100}" for n in range(60)))
    assert isinstance(await robot.send(message(long)), Sent)
    first, second = (len(body["msgParam"].encode()) for _, body in fake.openapi.calls)
    assert second < first <= 15_000
    assert second <= 7_500


async def test_calls_stay_below_the_platforms_limit() -> None:
    limiter = Limiter(per_second=5)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await asyncio.gather(*(limiter.turn("a") for _ in range(5)), *(limiter.turn("b") for _ in range(5)))
    assert loop.time() - begun < 0.5, "nobody waits before the window is full, and APIs do not share it"
    sixth = asyncio.ensure_future(limiter.turn("a"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not sixth.done()
    sixth.cancel()


async def test_no_secret_is_logged(
    fake: FakeDingTalk, robot: DingTalkAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        fake.script(Reset(), Answer({"code": "Forbidden.AccessDenied.ApiCountLimitForOrg"}, status=403))
        for _ in range(3):
            await robot.send(message())
    tokens = list(fake.openapi.tokens)
    assert tokens
    assert not any(secret in caplog.text for secret in (*tokens, "fake-client-secret"))


async def test_our_token_goes_to_the_api_and_nowhere_else(fake: FakeDingTalk, host: RecordingHost) -> None:
    async with Sink() as oapi:
        config = DingTalkConfig.model_validate(fake.configuration(oapi_base_url=oapi.base_url))
        robot = ADAPTER.create(config)
        await robot.start(host)
        assert isinstance(await robot.send(message()), Sent)
        await robot.stop()
        assert oapi.taken == []

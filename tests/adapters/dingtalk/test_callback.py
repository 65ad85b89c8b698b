"""A callback's way in: verified, stored, acknowledged; whatever else comes is refused without a word."""

import json
from typing import Any

import pytest

from adapters.dingtalk import DingTalkAdapter
from bot.contracts import WebhookRequest
from bot.testing import MovableClock, RecordingHost
from tests.adapters.dingtalk.samples import (
    NOW,
    OTHER_CORP,
    SECRET,
    SENT_MS,
    adapter,
    names,
    request,
    sample,
)

HOUR_MS = 3_600_000


async def test_the_recorded_callback_is_accepted_and_answered_as_recorded(host: RecordingHost) -> None:
    recorded = sample("http_robot_text_group")
    robot = adapter(client_secret=recorded["app_secret"])
    async with RecordingHost(MovableClock(NOW)) as host:
        await robot.start(host)
        headers = {key.lower(): value for key, value in recorded["request"]["headers"].items()}
        body = json.dumps(recorded["request"]["body"], ensure_ascii=False).encode()
        response = await robot.handle_webhook(WebhookRequest("POST", headers, {}, body))
        assert response.status == recorded["response"]["status"]
        assert json.loads(response.body) == recorded["response"]["body"] == sample("reply_empty")
        assert [message.text for message in host.received] == ["查一下 RB123456785CN 到哪了？"]


@pytest.mark.parametrize("name", names("robot_"))
async def test_every_recorded_kind_is_stored_and_acknowledged(
    robot: DingTalkAdapter, host: RecordingHost, name: str
) -> None:
    response = await robot.handle_webhook(request(sample(name)))
    assert (response.status, response.body) == (200, b'{"msgtype":"empty"}')
    assert len(host.received) == 1


async def test_a_message_delivered_twice_is_stored_once_and_acknowledged_twice(
    robot: DingTalkAdapter, host: RecordingHost
) -> None:
    for _ in range(2):
        assert (await robot.handle_webhook(request(sample("robot_text_group")))).status == 200
    assert len(host.received) == 1
    assert robot.health().figures["received_duplicates"] == 1
    assert robot.health().figures["signatures_repeated"] == 1


async def test_a_captured_signature_with_another_body_is_seen_and_counted(
    robot: DingTalkAdapter, host: RecordingHost
) -> None:
    await robot.handle_webhook(request(sample("robot_text_group")))
    await robot.handle_webhook(request(sample("robot_text_direct")))
    assert robot.health().figures["signatures_with_two_bodies"] == 1


@pytest.mark.parametrize(("why", "changed"), [
    ("forged", {"sign": "A" * 43 + "="}),
    ("signed with another secret", {"secret": SECRET + " "}),
    ("stale", {"at_ms": SENT_MS - HOUR_MS - 1}),
    ("from the future", {"at_ms": SENT_MS + HOUR_MS + 1}),
    ("without signature", {"sign": ""}),
    ("without timestamp", {"timestamp": ""}),
    ("a timestamp in other digits", {"timestamp": "１７７２４３６０００１２３"}),
    ("a signature no header can hold", {"sign": "\udc80\u0000"}),
    ("a token instead, as custom robots send", {"sign": "", "timestamp": "", "token": "outgoing"}),
])
async def test_what_is_not_proven_is_refused_without_a_reason(
    robot: DingTalkAdapter, host: RecordingHost, why: str, changed: dict[str, Any]
) -> None:
    response = await robot.handle_webhook(request(sample("robot_text_group"), **changed))
    assert (response.status, response.body) == (401, b""), why
    assert host.received == []


@pytest.mark.parametrize("changed", [
    {"robotCode": "dingother"}, {"robotCode": ["dingother"]}, {"chatbotCorpId": OTHER_CORP},
    {"chatbotCorpId": {"a": 1}},
])
async def test_another_robot_or_owner_is_answered_like_a_wrong_signature(
    robot: DingTalkAdapter, host: RecordingHost, changed: dict[str, Any]
) -> None:
    response = await robot.handle_webhook(request(sample("robot_text_group") | changed))
    assert (response.status, response.body) == (401, b"")
    assert host.received == []


async def test_only_post_is_taken(robot: DingTalkAdapter) -> None:
    signed = request(sample("robot_text_group"))
    assert (await robot.handle_webhook(WebhookRequest("GET", signed.headers, {}, signed.body))).status == 405


async def test_what_could_not_be_stored_is_not_acknowledged_and_taken_when_it_comes_again(
    robot: DingTalkAdapter, host: RecordingHost
) -> None:
    host.full = True
    assert (await robot.handle_webhook(request(sample("robot_text_group")))).status == 503
    host.full = False
    assert (await robot.handle_webhook(request(sample("robot_text_group")))).status == 200
    assert len(host.received) == 1


async def test_a_stopped_adapter_asks_the_platform_to_come_back(robot: DingTalkAdapter, host: RecordingHost) -> None:
    await robot.stop()
    assert (await robot.handle_webhook(request(sample("robot_text_group")))).status == 503
    assert host.received == []


async def test_stopping_waits_for_what_is_being_stored(host: RecordingHost) -> None:
    import asyncio

    robot, storing, go_on = adapter(), asyncio.Event(), asyncio.Event()

    async def slowly(_: object) -> None:
        storing.set()
        await go_on.wait()

    host.on_message = slowly
    await robot.start(host)
    callback = asyncio.create_task(robot.handle_webhook(request(sample("robot_text_group"))))
    await storing.wait()
    stopping = asyncio.create_task(robot.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    go_on.set()
    await stopping
    assert (await callback).status == 200


async def test_an_instance_that_only_pushes_takes_no_callbacks() -> None:
    from adapters.dingtalk import ADAPTER, DingTalkConfig

    config = DingTalkConfig.model_validate(
        {"name": "push", "type": "dingtalk", "custom_robots": {"ops": {"access_token": "abc"}}})
    assert ADAPTER.missing(config) == []
    assert (await ADAPTER.create(config).handle_webhook(request(sample("robot_text_group")))).status == 404

"""The fakes are kept honest: they refuse what the platform refuses, and fail on demand."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.contracts import NotStored
from bot.testing import Answer, FakeDingTalk, Hang, Late, MovableClock, RecordingHost, Reset, Sink, inbound
from bot.testing.dingtalk_robot import mac
from bot.testing.messages import WHEN

TEXT = {"msgtype": "text", "text": {"content": "延误汇总"}}


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(WHEN)


@pytest.fixture
async def fake(clock: MovableClock) -> AsyncIterator[FakeDingTalk]:
    async with FakeDingTalk(clock.now) as fake:
        yield fake


async def post(url: str, body: object = TEXT, **query: str) -> int:
    async with aiohttp.ClientSession() as session, session.post(url, json=body, params=query) as answer:
        assert answer.status == 200, "refusals are inside HTTP 200"
        return int((await answer.json())["errcode"])


async def test_a_session_takes_messages_until_it_ends(fake: FakeDingTalk, clock: MovableClock) -> None:
    url = fake.open_session("cid1")
    assert await post(url) == 0
    clock.advance(timedelta(minutes=90))
    assert await post(url) == 300001
    assert [post.conversation for post in fake.posts] == ["cid1"]
    assert fake.requests == 2


async def test_a_custom_robot_checks_token_keyword_signature_and_clock(fake: FakeDingTalk, clock: MovableClock) -> None:
    fake.add_robot("plain", "cid1", keyword="延误")
    fake.add_robot("signed", "cid1", secret="SECx")
    url = f"{fake.base_url}/robot/send"
    stamp = str(int(clock.now().timestamp() * 1000))
    signature = mac("SECx", stamp)
    assert await post(url, access_token="nobody") == 300001
    assert await post(url, access_token="plain") == 0
    assert await post(url, {"msgtype": "text", "text": {"content": "hi"}}, access_token="plain") == 310000
    assert await post(url, access_token="signed") == 310000
    assert await post(url, access_token="signed", timestamp=stamp, sign=signature) == 0
    assert await post(url, access_token="signed", timestamp=stamp, sign=signature.lower()) == 310000
    clock.advance(timedelta(hours=1, seconds=1))
    assert await post(url, access_token="signed", timestamp=stamp, sign=signature) == 310000


async def test_the_twenty_first_message_in_a_minute_mutes_for_ten(fake: FakeDingTalk, clock: MovableClock) -> None:
    fake.add_robot("t", "cid1")
    url = f"{fake.base_url}/robot/send"
    assert [await post(url, access_token="t") for _ in range(21)] == [0] * 20 + [130101]
    clock.advance(timedelta(seconds=599))
    assert await post(url, access_token="t") == 130101
    clock.advance(timedelta(seconds=1))
    assert await post(url, access_token="t") == 0
    assert len(fake.posts) == 21


async def test_a_second_copy_with_the_same_key_is_posted_once(fake: FakeDingTalk) -> None:
    fake.add_robot("t", "cid1")
    for _ in range(2):
        assert await post(f"{fake.base_url}/robot/send", TEXT | {"msgUuid": "u1"}, access_token="t") == 0
    assert len(fake.posts) == 1


@pytest.mark.parametrize(("body", "code"), [
    ([], 40035), ({}, 400105), ({"msgtype": "image"}, 400105), ({"msgtype": "text"}, 40035),
    ({"msgtype": "text", "text": {"content": ""}}, 40035), ({"msgtype": "markdown", "markdown": {"text": "x"}}, 40035),
    ({"msgtype": "link", "link": {"title": "t", "text": "x", "messageURL": "u"}}, 40035),
    ({"msgtype": "actionCard", "actionCard": {"title": "t", "text": "x", "btns": [{"title": "b"}]}}, 40035),
    ({"msgtype": "text", "text": {"content": "包" * 6_700}}, 460101),
])
async def test_a_body_the_platform_would_not_take_is_refused(fake: FakeDingTalk, body: object, code: int) -> None:
    url = fake.open_session("cid1")
    async with aiohttp.ClientSession() as session:
        raw = json.dumps(body, ensure_ascii=False).encode()
        async with session.post(url, data=raw, headers={"Content-Type": "application/json"}) as answer:
            assert (await answer.json())["errcode"] == code
        async with session.post(url, data=raw, headers={"Content-Type": "text/plain"}) as answer:
            assert (await answer.json())["errcode"] == 43004
    assert fake.posts == []


async def test_a_callback_reaches_a_service_and_its_answer_is_shown(fake: FakeDingTalk) -> None:
    async with Sink() as service:
        service.script(Answer({"msgtype": "empty"}), Answer(TEXT), Answer("", status=401))
        callback = fake.says("到哪了", conversation="cid1")
        statuses = [await fake.call(f"{service.base_url}/webhooks/d", callback) for _ in range(3)]
    assert statuses == [200, 200, 401]
    assert [(post.conversation, post.text) for post in fake.posts] == [("cid1", "延误汇总")]
    payload: dict[str, Any] = service.taken[0].json() if service.taken else json.loads(callback.body)
    assert payload["text"]["content"] == " 到哪了 "


async def test_a_script_hangs_resets_delays_and_then_serves_again(fake: FakeDingTalk) -> None:
    url, release = fake.open_session("cid1"), asyncio.Event()
    fake.script(Reset(), Reset(taken=True), Late(release), Answer({"errcode": -1}), Hang())
    for _ in range(2):
        with pytest.raises(aiohttp.ClientError):
            await post(url)
    late = asyncio.create_task(post(url))
    while len(fake.posts) < 2:
        await asyncio.sleep(0)
    release.set()
    assert await late == 0
    assert await post(url) == -1
    hanging = asyncio.create_task(post(url))
    while fake.requests < 5:
        await asyncio.sleep(0)
    assert await post(url) == 0
    assert not hanging.done()
    await fake.stop()
    await asyncio.wait([hanging])
    assert len(fake.posts) == 3
    assert hanging.exception() is not None or hanging.result() >= -1


async def test_a_sink_remembers_what_came_and_can_be_waited_for() -> None:
    async with Sink() as sink, aiohttp.ClientSession() as session:
        waiting = asyncio.create_task(sink.wait_for(2))
        for number in range(2):
            async with session.post(f"{sink.base_url}/a?n={number}", json={"n": number}) as answer:
                assert answer.status == 200
        taken = await waiting
    assert [(each.method, each.path, each.query, each.json()) for each in taken] == [
        ("POST", "/a", {"n": str(number)}, {"n": number}) for number in range(2)]


async def test_the_host_stores_each_message_once_or_not_at_all(clock: MovableClock) -> None:
    async with RecordingHost(clock) as host:
        message = inbound("到哪了")
        first, again = await host.receive(message), await host.receive(message)
        assert (first.duplicate, again.duplicate, first.inbox_id) == (False, True, again.inbox_id)
        host.full = True
        with pytest.raises(NotStored):
            await host.receive(inbound())
    with pytest.raises(RuntimeError, match="async with"):
        _ = host.session

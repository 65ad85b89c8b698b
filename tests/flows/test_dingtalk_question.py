"""A question's way in and out: signed callback, store, answer in the group; on both databases."""

from typing import Any

import pytest
from aiohttp import ClientSession

from bot.testing import Answer, Callback, FakeDingTalk
from tests.flows.conftest import NUMBER, THEIRS, configuration, event, serving, until


def with_dingtalk(url: str, dingtalk: FakeDingTalk) -> dict[str, object]:
    return configuration(url, dingtalk.configuration(partner="CAINIAO"))


async def test_a_colleague_asks_in_the_group_and_is_answered_there(store_url: str, dingtalk: FakeDingTalk) -> None:
    async with serving(with_dingtalk(store_url, dingtalk)) as service:
        await service.rooms.ingest.take_objects([event(), event(THEIRS, "JITU")], partner=None, source="t")
        hook = f"{service.address}/webhooks/dingtalk"
        assert await dingtalk.call(hook, dingtalk.says(f"{NUMBER} 到哪了")) == 200
        await until(lambda: dingtalk.posts)
        [post] = dingtalk.posts
        assert post.conversation == "cidGroup1=="
        assert NUMBER in post.text
        assert "揽收" in post.text


async def test_another_partners_parcel_is_unknown_there(store_url: str, dingtalk: FakeDingTalk) -> None:
    async with serving(with_dingtalk(store_url, dingtalk)) as service:
        await service.rooms.ingest.take_objects([event(THEIRS, "JITU")], partner=None, source="t")
        hook = f"{service.address}/webhooks/dingtalk"
        await dingtalk.call(hook, dingtalk.says(f"{THEIRS} 到哪了"))
        await until(lambda: dingtalk.posts)
        assert "未查到" in dingtalk.posts[0].text


async def test_a_callback_delivered_twice_is_answered_once(store_url: str, dingtalk: FakeDingTalk) -> None:
    async with serving(with_dingtalk(store_url, dingtalk)) as service:
        hook = f"{service.address}/webhooks/dingtalk"
        first, second = dingtalk.says("你好"), dingtalk.says("谢谢")
        for callback in (first, first, second):
            assert await dingtalk.call(hook, callback) == 200
        await until(lambda: len(dingtalk.posts) == 2)
        assert "包裹桥" in dingtalk.posts[0].text
        assert service.rooms.workers.counts["handled"] == 2


async def test_many_questions_of_one_group_are_answered_in_their_order(
    sqlite_url: str, dingtalk: FakeDingTalk
) -> None:
    numbers = ["RB123456785CN", NUMBER, "LP00123456789012", THEIRS]
    async with serving(with_dingtalk(sqlite_url, dingtalk)) as service:
        hook = f"{service.address}/webhooks/dingtalk"
        for number in numbers:
            await dingtalk.call(hook, dingtalk.says(f"{number} 到哪了"))
        await until(lambda: len(dingtalk.posts) == len(numbers))
        assert [number in post.text for number, post in zip(numbers, dingtalk.posts, strict=True)] == [True] * 4


async def test_forged_and_malformed_callbacks_are_refused_and_nothing_is_stored(
    sqlite_url: str, dingtalk: FakeDingTalk
) -> None:
    good = dingtalk.says("你好")
    signed = good.headers
    cases = {
        "no signature": (Callback({}, good.body), 401),
        "another secret": (dingtalk.signed({"msgId": "1"}, secret="guess"), 401),
        "stale": (Callback(signed | {"timestamp": "1500000000000"}, good.body), 401),
        "signed, not JSON": (Callback(signed, b"{"), 400),
        "signed, an array": (Callback(signed, b"[]"), 400),
        "signed, nested deep": (Callback(signed, b"[" * 60_000), 400),
        "too large": (Callback(signed, b" " * 70_000), 413),
        "far too large": (Callback(signed, b" " * 1_000_001), 413),
    }
    async with serving(with_dingtalk(sqlite_url, dingtalk)) as service, ClientSession() as client:
        for name, (callback, status) in cases.items():
            async with client.post(
                f"{service.address}/webhooks/dingtalk", data=callback.body, headers=callback.headers
            ) as answer:
                assert answer.status == status, name
                if status == 401:
                    assert await answer.read() == b"", name
        assert service.rooms.workers.counts["handled"] == 0
        assert dingtalk.posts == []


@pytest.mark.parametrize(
    "more",
    [
        {"sessionWebhook": "http://169.254.169.254/robot/sendBySession?session=x"},
        {"sessionWebhook": "http://127.0.0.1:1/robot/sendBySession?session=x"},
        {"sessionWebhook": "file:///etc/passwd"},
        {"sessionWebhook": None},
    ],
)
async def test_a_session_that_points_elsewhere_is_never_called(
    sqlite_url: str, dingtalk: FakeDingTalk, more: dict[str, Any]
) -> None:
    async with serving(with_dingtalk(sqlite_url, dingtalk)) as service:
        hook = f"{service.address}/webhooks/dingtalk"
        assert await dingtalk.call(hook, dingtalk.says("你好", **more)) == 200
        await until(lambda: dingtalk.posts)
        assert ([post.by for post in dingtalk.posts], dingtalk.requests) == (["openapi"], 0)


@pytest.mark.parametrize("text", ["\ud800 到哪了", "a\0b", "\u202e到哪了", "x" * 15_000, "<script>alert(1)</script>"])
async def test_odd_texts_are_answered(sqlite_url: str, dingtalk: FakeDingTalk, text: str) -> None:
    async with serving(with_dingtalk(sqlite_url, dingtalk)) as service:
        assert await dingtalk.call(f"{service.address}/webhooks/dingtalk", dingtalk.says(text)) == 200
        await until(lambda: dingtalk.posts)


async def test_an_answer_that_could_not_be_sent_is_sent_by_the_next_run(
    store_url: str, dingtalk: FakeDingTalk
) -> None:
    raw = with_dingtalk(store_url, dingtalk)
    async with serving(raw) as service:
        dingtalk.script(Answer({"error": "busy"}, status=503))
        await dingtalk.call(f"{service.address}/webhooks/dingtalk", dingtalk.says("你好"))
        await until(lambda: service.rooms.sender.counts["retry"])
    assert dingtalk.posts == []
    async with serving(raw):
        await until(lambda: dingtalk.posts, seconds=20)
    assert "包裹桥" in dingtalk.posts[0].text

"""Two hundred numbers in one message: the first hundred answered, each with its line where the channel can bear it."""

from aiohttp import ClientSession

from bot.testing import FakeDingTalk
from tests.flows.conftest import configuration, event, serving, until

NUMBERS = [f"LP00123456{n:06d}" for n in range(200)]
MAX_BYTES = 18_000


async def test_a_hundred_lines_in_dingtalk_and_on_the_page(sqlite_url: str, dingtalk: FakeDingTalk) -> None:
    async with serving(configuration(sqlite_url, dingtalk.configuration(partner="CAINIAO"))) as service:
        await service.rooms.ingest.take_objects([event(number) for number in NUMBERS], partner=None, source="t")
        text = "\n".join(NUMBERS)
        await dingtalk.call(f"{service.address}/webhooks/dingtalk", dingtalk.says(text))
        await until(lambda: dingtalk.posts)
        [post] = dingtalk.posts
        assert "200" in post.text
        shown = [number for number in NUMBERS if f"- {number}" in post.text]
        assert shown == NUMBERS[:len(shown)]
        assert len(shown) >= 75
        assert len(post.text.encode()) <= MAX_BYTES
        async with ClientSession() as session, session.post(
            f"{service.address}/api/v1/chat", json={"contact": "lina", "text": text}
        ) as response:
            (reply,) = (await response.json())["replies"]
        assert [number in reply["text"] for number in NUMBERS] == [True] * 100 + [False] * 100

"""Two hundred numbers in one message: the first hundred answered, each with its line on our page, in a workbook too."""

from aiohttp import ClientSession

from bot.testing import FakeDingTalk
from tests.flows.conftest import configuration, event, serving, until
from tests.workbook.books import rows_of

NUMBERS = [f"LP00123456{n:06d}" for n in range(200)]
LINES = 15


async def test_a_hundred_numbers_in_dingtalk_and_on_the_page(sqlite_url: str, dingtalk: FakeDingTalk) -> None:
    async with serving(configuration(sqlite_url, dingtalk.configuration(partner="CAINIAO"))) as service:
        await service.rooms.ingest.take_objects([event(number) for number in NUMBERS], partner=None, source="t")
        text = "\n".join(NUMBERS)
        await dingtalk.call(f"{service.address}/webhooks/dingtalk", dingtalk.says(text))
        await until(lambda: len(dingtalk.posts) == 2)
        post = dingtalk.posts[0]
        assert "200" in post.text
        assert [number for number in NUMBERS if f"- {number}" in post.text] == NUMBERS[:LINES]
        [content] = dingtalk.openapi.media.values()
        assert [row["单号"] for row in rows_of(content)] == NUMBERS[:100]
        async with ClientSession() as session, session.post(
            f"{service.address}/api/v1/chat", json={"contact": "lina", "text": text}
        ) as response:
            (reply,) = (await response.json())["replies"]
        assert [number in reply["text"] for number in NUMBERS] == [True] * 100 + [False] * 100

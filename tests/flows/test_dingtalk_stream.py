"""A thousand questions over Stream while the platform says goodbye, breaks sockets, and pushes again what it must."""

from random import Random

from aiohttp import ClientSession

from adapters.dingtalk import DingTalkAdapter, DingTalkConfig
from adapters.dingtalk.pace import StreamPace
from bot.app import Rooms, take_over_people
from bot.demo.numbers import parcel_numbers
from bot.settings.load import check_settings
from bot.stopping import Closer
from bot.store import open_store
from bot.store.migrate import upgrade
from bot.testing import FakeDingTalk, MovableClock
from bot.testing.dingtalk import CORP
from bot.testing.dingtalk_cards import TEMPLATE, press
from bot.testing.dingtalk_storm import Storm, out_of_order, unanswered_or_doubled, until_taken
from bot.testing.dingtalk_stream import CARDS
from tests.flows.conftest import NUMBER, configuration, event, serving, until

QUESTIONS = 1_000
PACE = StreamPace(first_wait=0.002, longest_wait=0.02, drain=0.2)


async def test_a_thousand_questions_are_all_answered_once_and_in_order(sqlite_url: str) -> None:
    clock, theirs = MovableClock(running=True), MovableClock(running=True)  # theirs jumps; our leases must not end
    numbers = [number for number, _ in zip(parcel_numbers("LX", 7), range(QUESTIONS), strict=False)]
    assert len(set(numbers)) == QUESTIONS
    store = open_store(sqlite_url)
    await upgrade(store)
    closer = Closer()
    async with FakeDingTalk(theirs.now) as fake:
        config = DingTalkConfig.model_validate(fake.configuration(mode="stream"))
        robot = DingTalkAdapter(config, pace=PACE, dice=Random(21))
        settings = check_settings(configuration(sqlite_url), "test")
        rooms = Rooms(settings, store, clock=clock, adapters={robot.name: robot}, homes={robot.name: "CAINIAO"})
        await take_over_people(store, settings)
        await rooms.open(closer)
        await rooms.work(closer)
        try:
            pushes = await Storm().ask(fake, numbers)
            assert await until_taken(fake, theirs) > 0, "the test is to lose something"
            await until(lambda: len(fake.posts) >= QUESTIONS, seconds=60)
        finally:
            assert await closer.close() == []
            await store.close()
    assert fake.stream.most_links >= 2
    assert len(fake.stream.registrations) > QUESTIONS // 50
    assert len(fake.posts) == QUESTIONS
    assert unanswered_or_doubled(fake, pushes) == []
    assert out_of_order(fake, pushes) == []


async def test_a_service_hears_over_stream_and_names_a_month_that_runs_low(
    store_url: str, dingtalk: FakeDingTalk
) -> None:
    raw = configuration(store_url, dingtalk.configuration(mode="stream", partner="CAINIAO", monthly_messages=1))
    async with serving(raw) as service, ClientSession() as client:
        await dingtalk.stream.push(dingtalk.payload("你好"))
        await until(lambda: dingtalk.posts)
        assert "包裹桥" in dingtalk.posts[0].text
        async with client.get(f"{service.address}/readyz") as answer:
            assert answer.status == 200
            issues = {issue["name"]: issue["detail"] for issue in (await answer.json())["issues"]}
        assert "1 of 1 messages" in issues["adapter.dingtalk"]
    async with serving(raw) as service:
        health = service.rooms.adapters["dingtalk"].health()
        assert health.figures["month_messages"] == 1, "counted over a restart"


async def test_a_press_on_an_alert_is_answered_like_the_words_it_stands_for(
    sqlite_url: str, dingtalk: FakeDingTalk
) -> None:
    raw = configuration(sqlite_url, dingtalk.configuration(
        mode="stream", partner="CAINIAO", card_template_id=TEMPLATE, interactive="all"))
    async with serving(raw) as service:
        await service.rooms.ingest.take_objects([event()], partner=None, source="t")
        await dingtalk.stream.push(dingtalk.payload(f"{NUMBER} 到哪了"))
        await until(lambda: dingtalk.posts)
        (shown,) = dingtalk.posts
        assert (shown.by, NUMBER in shown.text) == ("card", True)
        ((card, params),) = dingtalk.openapi.cards.cards.items()
        assert params["button1"]
        await dingtalk.stream.push(press(card, "button1", user="manager8821", corp=CORP), CARDS)
        await until(lambda: len(dingtalk.posts) == 2)
        assert NUMBER in dingtalk.posts[1].text

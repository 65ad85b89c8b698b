"""An alert on DingTalk and in Slack: what one does about it, everybody's card shows."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.alerts.sweep import Sweeper
from bot.app import Service
from bot.clock import MovableClock
from bot.delays import Standards
from bot.settings.model import AlertSettings, QuietHours
from bot.testing import FakeDingTalk
from bot.testing.dingtalk import CORP
from bot.testing.dingtalk_cards import TEMPLATE, press
from bot.testing.dingtalk_stream import CARDS
from bot.testing.scripts import Answer
from bot.testing.slack import FakeSlack
from bot.testing.slack_blocks import buttons
from bot.testing.slack_world import ANNA, TEAM
from tests.flows.conftest import configuration, event, serving, until

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as fake:
        yield fake


@asynccontextmanager
async def told(url: str, dingtalk: FakeDingTalk, slack: FakeSlack) -> AsyncIterator[Service]:
    """A service through which a partner's person on DingTalk and an operator in Slack were told of late parcels."""
    raw = configuration(
        url, dingtalk.configuration(mode="stream", partner="CAINIAO", card_template_id=TEMPLATE), slack.configuration(),
    ) | {"alerts": {"quiet_hours": {"enabled": False}}}
    raw["contacts"].append({"name": "Anna", "role": "operator", "addresses": {"slack": f"{TEAM}/{ANNA}"}})
    async with serving(raw) as service:
        await dingtalk.stream.push(dingtalk.payload("关注全部"))
        await slack.call(f"{service.address}/webhooks/slack", slack.says("follow everything"))
        await until(lambda: dingtalk.posts and slack.posts)
        dingtalk.posts.clear()
        slack.posts.clear()
        now = service.clock.now()
        at = (now - timedelta(days=5)).isoformat()
        await service.rooms.ingest.take_objects([event(occurred_at=at, reported_at=at)], partner=None, source="t")
        await sweep(service)
        await until(lambda: dingtalk.posts and slack.posts)
        yield service


async def sweep(service: Service) -> None:
    """Half an hour passes for the alerts, and nobody has to wait."""
    clock = MovableClock(service.clock.now() - 40 * MINUTE)
    sweeper = Sweeper(service.rooms.store, clock, AlertSettings(quiet_hours=QuietHours(enabled=False)), Standards())
    for _ in range(3):
        await sweeper.tick()
        clock.advance(11 * MINUTE)


def offered(slack: FakeSlack) -> Sequence[str]:
    return [button["value"] for button in buttons(slack.posts[0].body)]


def card(dingtalk: FakeDingTalk) -> tuple[str, dict[str, str]]:
    ((name, params),) = dingtalk.openapi.cards.cards.items()
    return name, params


async def answers(service: Service, number: int) -> None:
    """Wait until that many messages of people were answered."""
    await until(lambda: service.rooms.workers.counts["handled"] >= number)


async def test_a_press_on_dingtalk_shows_in_slack_and_a_press_in_slack_on_dingtalk(
    store_url: str, dingtalk: FakeDingTalk, slack: FakeSlack
) -> None:
    async with told(store_url, dingtalk, slack) as service:
        name, params = card(dingtalk)
        assert (params["button1"], offered(slack)[0]) == ("收到", "ack A-1")
        await dingtalk.stream.push(press(name, "button1", user="manager8821", corp=CORP), CARDS)
        await until(lambda: dingtalk.openapi.cards.updates and slack.posts[0].edits)
        assert "确认收到；" in card(dingtalk)[1]["text1"]
        assert card(dingtalk)[1]["button1"] == "静音 4 小时"
        assert "has it since" in slack.posts[0].text
        assert "ack A-1" not in offered(slack)

        await slack.call(f"{service.address}/webhooks/slack", slack.says("resolve A-1"))
        await until(lambda: len(dingtalk.openapi.cards.updates) == 2 and slack.posts[0].edits == 2)
        assert "Anna 已于" in card(dingtalk)[1]["text1"]
        assert card(dingtalk)[1]["button1"] == "导出"
        assert offered(slack)[0] == "reopen A-1"
        hook = f"{service.address}/webhooks/slack"
        assert await slack.call(hook, slack.presses(slack.posts[0])) == 200
        await until(lambda: slack.posts[0].edits == 3)
        assert "reopen A-1" not in offered(slack)
        await answers(service, 5)
    alerts = [post for post in dingtalk.posts if post.by == "card"]
    assert len(alerts) == 1, "beside it only the answer to the press"
    assert len(slack.posts) == 3, "the alert, and the answers to the word and to the press"


async def test_a_card_somebody_deleted_is_let_go_and_everything_else_goes_on(
    sqlite_url: str, dingtalk: FakeDingTalk, slack: FakeSlack
) -> None:
    async with told(sqlite_url, dingtalk, slack) as service:
        name, _ = card(dingtalk)
        del dingtalk.openapi.cards.cards[name]
        slack.posts.clear()
        await dingtalk.stream.push(dingtalk.payload("收到 A-1"))
        await until(lambda: service.rooms.sender.counts["refused"] == 2)
        assert (service.rooms.sender.counts["broken"], slack.posts) == (0, [])
        assert len([post for post in dingtalk.posts if post.by == "card"]) == 1
        await slack.call(f"{service.address}/webhooks/slack", slack.says("who A-1"))
        await until(lambda: slack.posts)
        assert "A-1" in slack.posts[0].text


async def test_a_busy_platform_gets_the_change_later(
    sqlite_url: str, dingtalk: FakeDingTalk, slack: FakeSlack
) -> None:
    async with told(sqlite_url, dingtalk, slack) as service:
        slack.script_for("chat.update", Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "1"}))
        await dingtalk.stream.push(dingtalk.payload("收到 A-1"))
        await until(lambda: slack.posts[0].edits)
        assert service.rooms.sender.counts["retry"] == 1
        assert len(slack.posts) == 1


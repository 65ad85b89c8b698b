"""Questions in Slack, through a whole service: to the bot alone, in a thread, as a command, by a button."""

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

import pytest
from aiohttp import ClientSession
from cryptography.fernet import Fernet
from yarl import URL

from bot.doctor import examine
from bot.settings.load import check_settings
from bot.store.open import sqlite_path
from bot.testing import Answer
from bot.testing.slack import APP_TOKEN, CLIENT_ID, CLIENT_SECRET, FakeSlack
from bot.testing.slack_blocks import buttons
from bot.testing.slack_world import ANNA, CHANNEL, DIRECT
from tests.flows.conftest import NUMBER, THEIRS, configuration, event, serving, until

ACKNOWLEDGED_WITHIN = 3.0
"""Seconds; then the platform gives up and delivers again."""


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as fake:
        yield fake


def with_slack(url: str, slack: FakeSlack, **more: Any) -> dict[str, Any]:
    return configuration(url, slack.configuration(**{"partner": "CAINIAO", "guests_belong": True, **more}))


async def test_a_colleague_asks_in_private_and_is_answered_there(store_url: str, slack: FakeSlack) -> None:
    async with serving(with_slack(store_url, slack)) as service:
        await service.rooms.ingest.take_objects([event(), event(THEIRS, "JITU")], partner=None, source="t")
        assert await slack.call(f"{service.address}/webhooks/slack", slack.says(f"{NUMBER} 到哪了")) == 200
        await until(lambda: slack.posts)
        [post] = slack.posts
        assert (post.channel, post.thread) == (DIRECT, "")
        assert NUMBER in post.text
        assert "揽收" in post.text


async def test_another_partners_parcel_is_unknown_there(store_url: str, slack: FakeSlack) -> None:
    async with serving(with_slack(store_url, slack)) as service:
        await service.rooms.ingest.take_objects([event(THEIRS, "JITU")], partner=None, source="t")
        await slack.call(f"{service.address}/webhooks/slack", slack.says(f"{THEIRS} 到哪了"))
        await until(lambda: slack.posts)
        assert "未查到" in slack.posts[0].text


async def test_a_guest_of_another_company_in_a_shared_channel_learns_nothing(
    sqlite_url: str, slack: FakeSlack
) -> None:
    async with serving(with_slack(sqlite_url, slack)) as service:
        await service.rooms.ingest.take_objects([event()], partner=None, source="t")
        asked = slack.says(f"where is {NUMBER}", channel=CHANNEL, user="U0EXTERN1", user_team="T0OTHER")
        await slack.call(f"{service.address}/webhooks/slack", asked)
        await until(lambda: slack.posts)
        assert "LGG" not in slack.posts[0].text
        assert "Collected" not in slack.posts[0].text


async def test_a_guest_of_the_workspace_learns_nothing_either(sqlite_url: str, slack: FakeSlack) -> None:
    slack.world.profiles[ANNA] = {"is_restricted": True}
    async with serving(with_slack(sqlite_url, slack, guests_belong=False)) as service:
        await service.rooms.ingest.take_objects([event()], partner=None, source="t")
        await slack.call(f"{service.address}/webhooks/slack", slack.says(f"where is {NUMBER}"))
        await until(lambda: slack.posts)
        assert "Collected" not in slack.posts[0].text


async def test_whoever_is_not_known_yet_is_asked_about_after_the_message_is_safe_and_answered_like_all(
    store_url: str, slack: FakeSlack
) -> None:
    slack.script_for("users.info", Answer("", 500))
    async with serving(with_slack(store_url, slack, guests_belong=False)) as service:
        await service.rooms.ingest.take_objects([event()], partner=None, source="t")
        assert await slack.call(f"{service.address}/webhooks/slack", slack.says(f"where is {NUMBER}")) == 200
        await until(lambda: slack.posts)
        assert NUMBER in slack.posts[0].text
        assert slack.calls["users.info"] == 2


async def test_a_storm_of_retries_is_answered_once(store_url: str, slack: FakeSlack) -> None:
    async with serving(with_slack(store_url, slack)) as service:
        hook, question = f"{service.address}/webhooks/slack", slack.says("你好")
        statuses = await asyncio.gather(*(slack.call(hook, question) for _ in range(30)))
        assert set(statuses) <= {200, 503}  # a store that is out of breath says so, and the platform tries again
        for each in (question, slack.says("谢谢")):
            while await slack.call(hook, each) == 503:
                pass
        await until(lambda: len(slack.posts) == 2)
        assert service.rooms.workers.counts["handled"] == 2


async def test_while_somebody_else_holds_the_store_the_platform_is_answered_in_time(
    sqlite_url: str, slack: FakeSlack
) -> None:
    path = sqlite_path(sqlite_url)
    assert path is not None
    async with serving(with_slack(sqlite_url, slack)) as service:
        hook, question = f"{service.address}/webhooks/slack", slack.says("你好")
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            assert await slack.call(hook, question) == 503
            assert time.monotonic() - began < ACKNOWLEDGED_WITHIN
        while await slack.call(hook, question) == 503:
            pass  # it comes again
        await until(lambda: slack.posts)
        assert len(slack.posts) == service.rooms.workers.counts["handled"] == 1


async def test_a_mention_is_answered_in_its_thread_and_a_button_there_too(sqlite_url: str, slack: FakeSlack) -> None:
    async with serving(with_slack(sqlite_url, slack)) as service:
        await service.rooms.ingest.take_objects([event()], partner=None, source="t")
        hook = f"{service.address}/webhooks/slack"
        asked = slack.event(f"where is {NUMBER}", channel=CHANNEL)
        await slack.call(hook, slack.signed(json.dumps(asked).encode()))
        await until(lambda: slack.posts)
        [post] = slack.posts
        assert (post.channel, post.thread) == (CHANNEL, asked["event"]["ts"])
        assert buttons(post.body)
        assert await slack.call(hook, slack.presses(post)) == 200
        await until(lambda: len(slack.posts) == 2)
        assert slack.posts[1].thread == asked["event"]["ts"]


async def test_a_command_is_answered_in_private(sqlite_url: str, slack: FakeSlack) -> None:
    async with serving(with_slack(sqlite_url, slack)) as service:
        await service.rooms.ingest.take_objects([event()], partner=None, source="t")
        assert await slack.call(f"{service.address}/webhooks/slack", slack.command(f"{NUMBER} 到哪了")) == 200
        await until(lambda: slack.private)
        assert slack.private[0]["response_type"] == "ephemeral"
        assert NUMBER in slack.private[0]["shown"]
        assert slack.posts == []


async def test_over_a_websocket_it_is_the_same(sqlite_url: str, slack: FakeSlack) -> None:
    async with serving(with_slack(sqlite_url, slack, mode="socket", app_token=APP_TOKEN)) as service:
        await service.rooms.ingest.take_objects([event()], partner=None, source="t")
        await slack.gateway.when(lambda gateway: gateway.sockets)
        await slack.gateway.deliver("events_api", slack.event(f"{NUMBER} 到哪了"))
        await until(lambda: slack.posts)
        assert NUMBER in slack.posts[0].text
        assert slack.gateway.pending == {}


async def test_a_workspace_installs_the_app_in_a_browser(store_url: str, slack: FakeSlack) -> None:
    keys = {"bot_token": None, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET,
            "token_keys": [Fernet.generate_key().decode()], "team_ids": ["T0FAKETEAM"]}
    slack.codes["c1"] = {"access_token": "xoxb-new", "app_id": "A0FAKEAPP1", "team": {"id": "T0FAKETEAM"}}
    raw = with_slack(store_url, slack, **keys)
    async with serving(raw) as service, ClientSession() as browser:
        pages = f"{service.address}/adapters/slack/oauth"
        async with browser.get(f"{pages}/install", allow_redirects=False) as answer:
            assert answer.status == 302
            location, cookies = answer.headers["Location"], answer.cookies
        query = {"state": URL(location).query["state"], "code": "c1"}
        jar = {name: morsel.value for name, morsel in cookies.items()}
        async with browser.get(f"{pages}/callback", params=query, cookies=jar) as answer:
            assert answer.status == 200
            assert "Installed" in await answer.text()
    async with serving(raw) as service:  # the token is still there
        await slack.call(f"{service.address}/webhooks/slack", slack.says("你好"))
        await until(lambda: slack.posts)
    found = {finding.about: finding.detail for finding in await examine(check_settings(raw, "test"), "test")}
    assert found["adapter slack"] == "T0FAKETEAM: the token is taken"

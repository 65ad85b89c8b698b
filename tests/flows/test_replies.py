"""A reply in the platform's own way is about what it replies to: Slack's threads, DingTalk's quotes, mails."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.app import Service
from bot.testing import Callback, FakeDingTalk
from bot.testing.slack import FakeSlack
from bot.testing.slack_world import BOT_USER, CHANNEL
from tests.adapters.email.mailbox import MailServer, written
from tests.flows.conftest import configuration, event, serving, until
from tests.flows.test_mail import send

FIRST, SECOND = "LX123456785CN", "LX100000017CN"


async def load(service: Service) -> None:
    await service.rooms.ingest.take_objects([event(FIRST), event(SECOND)], partner=None, source="t")


def rows(text: str) -> list[str]:
    """The two numbers in the order a list shows them."""
    return sorted((FIRST, SECOND), key=text.index)


@asynccontextmanager
async def shown_in_slack(url: str) -> AsyncIterator[tuple[FakeSlack, str]]:
    """A Slack in which our list of both stands, and where its events go to."""
    async with FakeSlack() as slack:
        keys: dict[str, Any] = {"partner": "CAINIAO", "guests_belong": True}
        async with serving(configuration(url, slack.configuration(**keys))) as service:
            await load(service)
            hook = f"{service.address}/webhooks/slack"
            await slack.call(hook, slack.says(f"{FIRST} {SECOND} 到哪了"))
            await until(lambda: slack.posts)
            yield slack, hook


async def test_in_a_thread_below_our_list_its_rows_are_pointed_at(sqlite_url: str) -> None:
    async with shown_in_slack(sqlite_url) as (slack, hook):
        listed = slack.posts[0]
        _, second = rows(listed.text)
        await slack.call(hook, slack.says("它们呢？天气如何"))
        await until(lambda: len(slack.posts) == 2)
        below = {"thread_ts": listed.ts, "parent_user_id": BOT_USER}
        await slack.call(hook, slack.says("第二个呢", **below))
        await until(lambda: len(slack.posts) == 3)
        answer = slack.posts[2]
        assert answer.thread == listed.ts
        assert second in answer.text
        first, _ = rows(listed.text)
        assert first not in answer.text
        await slack.call(hook, slack.says("什么时候到", **below))  # the thread's own talk goes on
        await until(lambda: len(slack.posts) == 4)
        assert second in slack.posts[3].text
        assert first not in slack.posts[3].text


async def test_below_a_message_of_somebody_else_nothing_is_pointed_at(sqlite_url: str) -> None:
    async with shown_in_slack(sqlite_url) as (slack, hook):
        asked = slack.event("第二个呢", channel=CHANNEL, thread_ts="1700000000.000100", parent_user_id="U0OTHER001")
        await slack.call(hook, slack.signed(json.dumps(asked).encode()))
        await until(lambda: len(slack.posts) == 2)
        assert FIRST not in slack.posts[1].text
        assert SECOND not in slack.posts[1].text


def quoting(dingtalk: FakeDingTalk, text: str, *, staff: str = "manager8821", **replied: Any) -> Callback:
    """A DingTalk message that quotes another."""
    payload = dingtalk.payload(text, staff=staff)
    return dingtalk.signed(payload | {"text": {**payload["text"], "isReplyMsg": True, **replied}})


async def test_a_quoted_answer_in_dingtalk_is_what_is_asked_about(sqlite_url: str, dingtalk: FakeDingTalk) -> None:
    async with serving(configuration(sqlite_url, dingtalk.configuration(partner="CAINIAO"))) as service:
        await load(service)
        hook = f"{service.address}/webhooks/dingtalk"
        for number in (FIRST, SECOND):
            await dingtalk.call(hook, dingtalk.says(f"{number} 到哪了"))
        await until(lambda: len(dingtalk.posts) == 2)
        told = {"msgType": "text", "msgId": "m==", "content": {"content": dingtalk.posts[0].text}}
        await dingtalk.call(hook, quoting(dingtalk, "那这个呢", repliedMsg=told))
        await until(lambda: len(dingtalk.posts) == 3)
        assert FIRST in dingtalk.posts[2].text
        assert SECOND not in dingtalk.posts[2].text


async def test_a_quote_that_carries_no_text_is_looked_up_by_the_key_we_sent_it_under(
    sqlite_url: str, dingtalk: FakeDingTalk
) -> None:
    async with serving(configuration(sqlite_url, dingtalk.configuration(partner="CAINIAO"))) as service:
        await load(service)
        hook = f"{service.address}/webhooks/dingtalk"
        await dingtalk.call(hook, dingtalk.says(f"{FIRST} {SECOND} 到哪了", sessionWebhook=None))  # sent by the API
        await until(lambda: dingtalk.posts)
        [key] = dingtalk.openapi.afterwards.messages
        _, second = rows(dingtalk.posts[0].text)
        await dingtalk.call(hook, dingtalk.says("你好"))
        quote = quoting(dingtalk, "第二个呢", staff="manager9", originalProcessQueryKey=key)  # who asked nothing yet
        await dingtalk.call(hook, quote)
        await until(lambda: len(dingtalk.posts) == 3)
        assert second in dingtalk.posts[2].text


async def test_a_mail_that_answers_a_list_points_at_its_rows(sqlite_url: str) -> None:
    async with MailServer() as server:
        mail: dict[str, Any] = {
            "name": "mail", "type": "email", "address": "bot@pb.example", "partner": "CAINIAO",
            "domains": ["partner.example"], "trust": {"authserv_id": "mx.pb.example"},
            "smtp": {"host": "127.0.0.1", "port": server.port, "security": "none"}, "listener": {"port": 0},
        }
        async with serving(configuration(sqlite_url, mail)) as service:
            await load(service)
            await send(service, written(f"where are {FIRST} {SECOND}?", key="q1"))
            await until(lambda: server.taken)
            told = server.taken[0].part("plain")
            first, second = rows(told)
            quote = "\n".join(f"> {line}" for line in told.splitlines())
            reply = f"And the second one?\n\nOn Thu, 26 Nov 2026 at 09:00, bot <bot@pb.example> wrote:\n{quote}"
            await send(service, written(reply, key="q2", In_Reply_To=str(server.taken[0].mail["Message-ID"])))
            await until(lambda: len(server.taken) == 2)
            assert second in server.taken[1].mail["Subject"] + server.taken[1].part("plain").split("wrote:")[0]
            assert first not in server.taken[1].part("plain").split("wrote:")[0]

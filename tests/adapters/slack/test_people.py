"""Who writes is looked up once a day, after the message is stored: members have a name, no error lets anybody in."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from adapters.slack import ADAPTER, SlackAdapter, SlackConfig
from bot.contracts import InboundMessage, NotResolved, ResolvesSenders, WebhookRequest
from bot.testing import Answer, MovableClock, RecordingHost, Reset
from bot.testing.slack import BOT_TOKEN, FakeSlack
from bot.testing.slack_world import ANNA, TEAM
from tests.adapters.slack.samples import sample


@pytest.fixture
async def slack(host: RecordingHost, fake: FakeSlack) -> AsyncIterator[SlackAdapter]:
    """Looks up who writes."""
    made = ADAPTER.create(SlackConfig.model_validate(fake.configuration()))
    await made.start(host)
    yield made
    await made.stop()


async def stored(app: SlackAdapter, host: RecordingHost, request: WebhookRequest) -> InboundMessage:
    """The message as it was handed to the inbox."""
    assert (await app.handle_webhook(request)).status == 200
    return host.received[-1]


async def test_a_member_is_known_by_name_and_asked_about_once_a_day(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack, clock: MovableClock
) -> None:
    assert isinstance(slack, ResolvesSenders)
    fake.world.profiles[ANNA] = sample("api_users_info")["user"] | {"team_id": TEAM}
    first = await stored(slack, host, fake.says("1"))
    assert (first.sender.unresolved, first.sender.outsider, first.sender.name) == (True, True, None)
    assert fake.calls["users.info"] == 0, "nothing is asked for before the message is safe"
    known = await slack.resolve(first)
    assert (known.sender.unresolved, known.sender.outsider, known.sender.name) == (False, False, "anna")
    second = await stored(slack, host, fake.says("2"))
    assert second.sender == known.sender
    assert await slack.resolve(second) == second
    assert fake.calls["users.info"] == 1
    clock.advance(timedelta(hours=24))
    assert not (await slack.resolve(await stored(slack, host, fake.says("next day")))).sender.outsider
    assert fake.calls["users.info"] == 2


@pytest.mark.parametrize("flag", ["is_restricted", "is_ultra_restricted", "is_stranger"])
async def test_a_guest_is_an_outsider(slack: SlackAdapter, host: RecordingHost, fake: FakeSlack, flag: str) -> None:
    fake.world.profiles[ANNA] = {flag: True}
    for request in (fake.says("到哪了"), fake.command("LX1")):
        sender = (await slack.resolve(await stored(slack, host, request))).sender
        assert (sender.outsider, sender.unresolved) == (True, False)


@pytest.mark.parametrize(("profile", "outsider"), [
    ({"team_id": "T0OTHER"}, True), ({"team_id": "T0OTHER", "enterprise_user": {"enterprise_id": "E0OTHER"}}, True),
    ({"team_id": "T0OTHER", "enterprise_user": {"enterprise_id": "E0OURS"}}, False), ({"team_id": None}, False),
])
async def test_somebody_at_home_elsewhere_is_an_outsider(
    host: RecordingHost, fake: FakeSlack, profile: dict[str, Any], outsider: bool
) -> None:
    app = ADAPTER.create(SlackConfig.model_validate(fake.configuration(team_ids=[TEAM, "E0OURS"])))
    await app.start(host)
    fake.world.profiles[ANNA] = profile
    assert (await app.resolve(await stored(app, host, fake.says("到哪了")))).sender.outsider is outsider
    await app.stop()


async def test_somebody_of_another_workspace_is_not_asked_about(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack
) -> None:
    sender = (await stored(slack, host, fake.says("到哪了", user_team="T0OTHER"))).sender
    assert (sender.outsider, sender.unresolved) == (True, False)


@pytest.mark.parametrize("step", [
    Answer("", 500), Answer({"ok": False, "error": "ratelimited"}, 429), Reset(), Answer({"ok": False, "error": "x"}),
    Answer({"ok": False, "error": "user_disabled"}),
])
async def test_while_the_platform_does_not_say_the_message_is_safe_and_its_writer_an_outsider(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack, step: Any
) -> None:
    fake.script_for("users.info", step)
    message = await stored(slack, host, fake.says("到哪了"))
    with pytest.raises(NotResolved, match=r"users\.info: "):
        await slack.resolve(message)
    assert message.sender.outsider
    assert "nobody new can be looked up, their messages wait" in slack.health().detail
    assert not (await slack.resolve(message)).sender.outsider
    assert slack.health().state == "up"


async def test_a_revoked_token_is_named_with_its_fix_where_it_is_met(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack
) -> None:
    fake.world.revoked.add(BOT_TOKEN)
    with pytest.raises(NotResolved):
        await slack.resolve(await stored(slack, host, fake.says("到哪了")))
    assert "the token was revoked: install the app again" in slack.health().detail


async def test_many_messages_of_one_new_person_are_one_question(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack
) -> None:
    requests = [fake.says(f"{number}") for number in range(20)]
    assert {answer.status for answer in await asyncio.gather(*map(slack.handle_webhook, requests))} == {200}
    assert [message.text for message in host.received] == [str(number) for number in range(20)]
    known = await asyncio.gather(*map(slack.resolve, host.received))
    assert {message.sender.outsider for message in known} == {False}
    assert fake.calls["users.info"] == 1


async def test_without_the_scope_nobody_is_let_in_and_operators_read_why(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack, clock: MovableClock
) -> None:
    fake.script_for("users.info", Answer({"ok": False, "error": "missing_scope", "needed": "users:read"}))
    message = await slack.resolve(await stored(slack, host, fake.says("到哪了")))
    assert (message.sender.outsider, message.sender.unresolved) == (True, False)
    assert "users:read" in slack.health().detail
    clock.advance(timedelta(minutes=5))
    assert not (await slack.resolve(await stored(slack, host, fake.says("到哪了")))).sender.outsider
    assert slack.health().state == "up"


async def test_where_guests_belong_nobody_is_asked_about(host: RecordingHost, fake: FakeSlack) -> None:
    app = ADAPTER.create(SlackConfig.model_validate(fake.configuration(guests_belong=True)))
    await app.start(host)
    message = await stored(app, host, fake.says("到哪了"))
    assert await app.resolve(message) == message
    assert (message.sender.outsider, fake.calls["users.info"]) == (False, 0)
    await app.stop()
    with pytest.raises(NotResolved, match="not started"):
        await app.resolve(message)

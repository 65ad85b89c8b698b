"""Who writes is looked up once a day: members have a name, guests are outsiders, and nobody is let in by an error."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from adapters.slack import ADAPTER, SlackAdapter, SlackConfig, people
from bot.testing import Answer, Late, MovableClock, RecordingHost, Reset
from bot.testing.slack import FakeSlack
from bot.testing.slack_world import ANNA, TEAM
from tests.adapters.slack.samples import sample


@pytest.fixture
async def slack(host: RecordingHost, fake: FakeSlack) -> AsyncIterator[SlackAdapter]:
    """Looks up who writes."""
    made = ADAPTER.create(SlackConfig.model_validate(fake.configuration()))
    await made.start(host)
    yield made
    await made.stop()


async def test_a_member_is_known_by_name_and_asked_about_once_a_day(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack, clock: MovableClock
) -> None:
    fake.world.profiles[ANNA] = sample("api_users_info")["user"] | {"team_id": TEAM}
    for number in range(3):
        assert (await slack.handle_webhook(fake.says(f"{number}"))).status == 200
    assert [(message.sender.name, message.sender.outsider) for message in host.received] == [("anna", False)] * 3
    assert fake.calls["users.info"] == 1
    clock.advance(timedelta(hours=24))
    assert (await slack.handle_webhook(fake.says("next day"))).status == 200
    assert fake.calls["users.info"] == 2


@pytest.mark.parametrize("flag", ["is_restricted", "is_ultra_restricted", "is_stranger"])
async def test_a_guest_is_an_outsider(slack: SlackAdapter, host: RecordingHost, fake: FakeSlack, flag: str) -> None:
    fake.world.profiles[ANNA] = {flag: True}
    for request in (fake.says("到哪了"), fake.command("LX1")):
        assert (await slack.handle_webhook(request)).status == 200
    assert [message.sender.outsider for message in host.received] == [True, True]


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
    assert (await app.handle_webhook(fake.says("到哪了"))).status == 200
    assert host.received[0].sender.outsider is outsider
    await app.stop()


async def test_somebody_of_another_workspace_is_not_asked_about(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack
) -> None:
    assert (await slack.handle_webhook(fake.says("到哪了", user_team="T0OTHER"))).status == 200
    assert host.received[0].sender.outsider
    assert fake.calls["users.info"] == 0


@pytest.mark.parametrize("step", [
    Answer("", 500), Answer({"ok": False, "error": "ratelimited"}, 429), Reset(), Answer({"ok": False, "error": "x"}),
])
async def test_while_the_platform_does_not_say_the_message_is_not_acknowledged(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack, step: Any
) -> None:
    fake.script_for("users.info", step)
    question = fake.says("到哪了")
    assert (await slack.handle_webhook(question)).status == 503
    assert (await slack.handle_webhook(question)).status == 200
    assert len(host.received) == 1


async def test_an_answer_that_takes_too_long_serves_the_next_delivery(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "LOOK_SECONDS", 0.02)
    release = asyncio.Event()
    fake.script_for("users.info", Late(release))
    question = fake.says("到哪了")
    assert (await slack.handle_webhook(question)).status == 503
    release.set()
    while (await slack.handle_webhook(question)).status == 503:
        await asyncio.sleep(0)
    assert fake.calls["users.info"] == 1
    assert len(host.received) == 1


async def test_many_messages_of_one_new_person_are_one_question_and_keep_their_order(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack
) -> None:
    requests = [fake.says(f"{number}") for number in range(20)]
    answers = await asyncio.gather(*map(slack.handle_webhook, requests))
    assert {answer.status for answer in answers} == {200}
    assert fake.calls["users.info"] == 1
    assert [message.text for message in host.received] == [str(number) for number in range(20)]


async def test_without_the_scope_nobody_is_let_in_and_operators_read_why(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack, clock: MovableClock
) -> None:
    fake.script_for("users.info", Answer({"ok": False, "error": "missing_scope", "needed": "users:read"}))
    assert (await slack.handle_webhook(fake.says("到哪了"))).status == 200
    assert host.received[0].sender.outsider
    assert "users:read" in slack.health().detail
    clock.advance(timedelta(minutes=5))
    assert (await slack.handle_webhook(fake.says("到哪了"))).status == 200
    assert not host.received[1].sender.outsider
    assert slack.health().state == "up"


async def test_where_guests_belong_nobody_is_asked_about(host: RecordingHost, fake: FakeSlack) -> None:
    app = ADAPTER.create(SlackConfig.model_validate(fake.configuration(guests_belong=True)))
    await app.start(host)
    assert (await app.handle_webhook(fake.says("到哪了"))).status == 200
    assert fake.calls["users.info"] == 0
    await app.stop()

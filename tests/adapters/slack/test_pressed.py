"""Slash commands and buttons: recorded ones, and those of our own cards."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from adapters.slack import SlackAdapter
from bot.contracts import Action, Card, ConversationKind, MessageKind, Sent
from bot.testing import MovableClock, RecordingHost, outbound
from bot.testing.slack import FakeSlack
from bot.testing.slack_world import ANNA as FAKE_ANNA
from bot.testing.slack_world import CHANNEL
from bot.testing.slack_world import TEAM as FAKE_TEAM
from tests.adapters.slack.samples import ANNA, NOW, TEAM, raw, request, sample

CARD = Card(title="LX123456785CN", text=("清关中",), actions=(
    Action(label="关注", say="关注 LX123456785CN", style="primary"), Action(label="静音", say="静音 LX123456785CN"),
    Action(label="收到", say="收到 A-1024"), Action(label="转人工", say="转人工"),
    Action(label="官网", url="https://track.example/LX123456785CN"),
))


async def test_a_command_is_a_question_of_its_person_in_private(app: SlackAdapter, host: RecordingHost) -> None:
    response = await app.handle_webhook(request(raw("slash_command.form")))
    assert (response.status, response.body) == (200, b"")
    (message,) = host.received
    assert message.text == "LX123456789BE zh+en 100%"
    assert message.conversation.external_id == message.sender.external_id == f"{TEAM}/{ANNA}"
    assert message.conversation.kind is ConversationKind.DIRECT
    assert message.sender.name == "anna"
    assert message.reply_route is not None
    assert message.reply_route.url.startswith("https://hooks.slack.com/commands/")
    assert message.reply_route.expires_at == NOW + timedelta(minutes=30)


async def test_a_chinese_command_is_read(app: SlackAdapter, host: RecordingHost) -> None:
    assert (await app.handle_webhook(request(raw("slash_command_zh.form")))).status == 200
    assert (host.received[0].text, host.received[0].sender.name) == ("包裹 LX123456789BE", "小王")


async def test_the_same_command_delivered_twice_is_one(app: SlackAdapter, host: RecordingHost) -> None:
    for _ in range(2):
        assert (await app.handle_webhook(request(raw("slash_command.form")))).status == 200
    assert len(host.received) == 1


async def test_a_command_without_words_asks_for_help(slack: SlackAdapter, host: RecordingHost, fake: FakeSlack) -> None:
    assert (await slack.handle_webhook(fake.command(" "))).status == 200
    assert host.received[0].text == "help"


@pytest.mark.parametrize("url", [
    "https://evil.example/x", "http://hooks.slack.com/x", "https://hooks.slack.com.evil.example/x",
    "https://hooks.slack.com@evil.example/", "https://hooks.slack.com:444/x", "https://hooks.slack.com/x#y", "", "x",
])
async def test_an_answer_never_goes_to_an_address_outside_the_settings(
    app: SlackAdapter, host: RecordingHost, url: str
) -> None:
    form = {"team_id": TEAM, "user_id": ANNA, "command": "/parcel", "text": "a", "trigger_id": "1", "response_url": url}
    assert (await app.handle_webhook(request(urlencode(form).encode()))).status == 200
    assert host.received[0].reply_route is None


async def test_another_command_is_left_alone(app: SlackAdapter, host: RecordingHost) -> None:
    form = {"team_id": TEAM, "user_id": ANNA, "command": "/deploy", "text": "a", "trigger_id": "1"}
    assert (await app.handle_webhook(request(urlencode(form).encode()))).status == 200
    assert host.received == []


async def test_the_check_of_the_certificate_is_answered(app: SlackAdapter, host: RecordingHost) -> None:
    assert (await app.handle_webhook(request(raw("ssl_check.form")))).status == 200
    assert host.received == []


async def test_a_pressed_button_says_its_value(app: SlackAdapter, host: RecordingHost) -> None:
    response = await app.handle_webhook(request(raw("interaction_block_actions.form")))
    assert (response.status, response.body) == (200, b"")
    (message,) = host.received
    assert message.kind is MessageKind.ACTION
    assert message.text == '{"t":"LX123456789BE","v":1}'
    assert message.message_id == f"D0PBDM001:1767225600.001000:1767225600.500000:{ANNA}"
    assert message.conversation.external_id == f"{TEAM}/{ANNA}/1767225599.000100"
    assert message.quoted is not None
    assert message.quoted.text == "LX123456789BE: customs cleared"


@pytest.mark.parametrize(("number", "said"), [
    (0, "关注 LX123456785CN"), (1, "静音 LX123456785CN"), (2, "收到 A-1024"), (3, "转人工"),
])
async def test_the_buttons_of_our_cards_come_back_as_actions_in_their_thread(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack, number: int, said: str
) -> None:
    place = f"{FAKE_TEAM}/{CHANNEL}"
    card = outbound(CARD, adapter="slack", conversation=place, kind=ConversationKind.GROUP)
    assert isinstance(await slack.send(card), Sent)
    pressed = fake.presses(fake.posts[0], number)
    for _ in range(2):  # the platform may deliver it again
        assert (await slack.handle_webhook(pressed)).status == 200
    (message,) = host.received
    assert (message.kind, message.text) == (MessageKind.ACTION, said)
    assert message.conversation.external_id == f"{FAKE_TEAM}/{CHANNEL}/{fake.posts[0].ts}"
    assert message.sender.external_id == f"{FAKE_TEAM}/{FAKE_ANNA}"


async def test_a_button_that_opens_an_address_says_nothing(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack
) -> None:
    await slack.send(outbound(CARD, adapter="slack", conversation=f"{FAKE_TEAM}/{FAKE_ANNA}"))
    assert (await slack.handle_webhook(fake.presses(fake.posts[0], 4))).status == 200
    assert host.received == []
    assert slack.health().figures["received_ignored_link_button"] == 1


async def test_somebody_of_another_company_who_presses_is_an_outsider(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack
) -> None:
    await slack.send(outbound(CARD, adapter="slack", conversation=f"{FAKE_TEAM}/{CHANNEL}"))
    assert (await slack.handle_webhook(fake.presses(fake.posts[0], user="U9", team="T9"))).status == 200
    assert (host.received[0].sender.external_id, host.received[0].sender.outsider) == ("T9/U9", True)


async def test_a_private_answers_button_is_answered_in_private(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack, clock: MovableClock
) -> None:
    await slack.send(outbound(CARD, adapter="slack", conversation=f"{FAKE_TEAM}/{CHANNEL}"))
    payload = fake.pressed(fake.posts[0])
    payload["container"]["is_ephemeral"] = True
    assert (await slack.handle_webhook(fake.signed(urlencode({"payload": json.dumps(payload)}).encode()))).status == 200
    (message,) = host.received
    assert message.conversation.external_id == f"{FAKE_TEAM}/{FAKE_ANNA}"
    assert message.reply_route is not None


@pytest.mark.parametrize("change", [
    {"type": "view_submission"}, {"type": "shortcut"}, {"actions": []}, {"actions": [None]}, {"actions": "x"},
    {"actions": [{"type": "button", "value": 7}]},
])
async def test_other_interactions_are_acknowledged_and_not_stored(
    app: SlackAdapter, host: RecordingHost, change: dict[str, Any]
) -> None:
    payload = sample("socket/interactive")["payload"] | change
    assert (await app.handle_webhook(request(urlencode({"payload": json.dumps(payload)}).encode()))).status == 200
    assert host.received == []

"""Every recorded event, and what becomes of it."""

from typing import Any

import pytest

from adapters.slack import SlackAdapter
from bot.contracts import ConversationKind, InboundMessage, MessageKind
from bot.testing import RecordingHost
from tests.adapters.slack.samples import ANNA, BOT, TEAM, event, raw, request, sample


async def heard(app: SlackAdapter, host: RecordingHost, body: object) -> InboundMessage:
    assert (await app.handle_webhook(request(body))).status == 200
    (message,) = host.received
    return message


async def test_the_address_is_confirmed_with_its_challenge(app: SlackAdapter, host: RecordingHost) -> None:
    response = await app.handle_webhook(request(raw("url_verification.json")))
    assert (response.status, response.body) == (200, b'{"challenge": "pb-challenge-9f2c41d7e8a64b0c"}')
    assert host.received == []


async def test_a_direct_message_belongs_to_the_conversation_with_its_author(
    app: SlackAdapter, host: RecordingHost
) -> None:
    message = await heard(app, host, raw("event_message_im_zh.json"))
    assert message.text == "查一下包裹 LX123456789BE 到哪了？"
    assert message.message_id == "D0PBDM001:1767225599.000100"
    assert message.conversation.external_id == message.sender.external_id == f"{TEAM}/{ANNA}"
    assert message.conversation.kind is ConversationKind.DIRECT
    assert (message.sender.organisation, message.sender.outsider) == (TEAM, False)
    assert message.sent_at.isoformat() == "2025-12-31T23:59:59.000100+00:00"
    assert message.reply_route is None


async def test_a_mention_is_answered_in_its_thread_without_the_mention(app: SlackAdapter, host: RecordingHost) -> None:
    message = await heard(app, host, raw("event_app_mention_thread.json"))
    assert message.text == "where is LX123456789BE & RR987654321CN?"
    assert message.conversation.external_id == f"{TEAM}/C0PBCHAN1/1767225000.000050"
    assert message.conversation.kind is ConversationKind.THREAD


async def test_a_mention_outside_a_thread_begins_one(app: SlackAdapter, host: RecordingHost) -> None:
    fields = {"type": "app_mention", "channel": "C0PBCHAN1", "channel_type": None, "text": f"<@{BOT}> 到哪了"}
    message = await heard(app, host, event(**fields))
    assert message.conversation.external_id == f"{TEAM}/C0PBCHAN1/1767225599.000100"


@pytest.mark.parametrize("order", [1, -1])
async def test_one_human_message_that_comes_as_two_events_is_one(
    app: SlackAdapter, host: RecordingHost, order: int
) -> None:
    names = ["event_app_mention_thread.json", "event_message_channel_same_mention.json"][::order]
    for name in names:
        assert (await app.handle_webhook(request(raw(name)))).status == 200
    assert len(host.received) == 1
    assert app.health().figures["received_duplicates"] == 1


async def test_a_storm_of_retries_is_stored_once(app: SlackAdapter, host: RecordingHost) -> None:
    for attempt in range(50):
        headers = {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": "http_timeout"} if attempt else {}
        assert (await app.handle_webhook(request(raw("event_message_im_zh.json"), headers=headers))).status == 200
    assert len(host.received) == 1


async def test_a_retry_is_taken_when_the_first_delivery_never_came(app: SlackAdapter, host: RecordingHost) -> None:
    headers = {"x-slack-retry-num": "2", "x-slack-retry-reason": "connection_failed"}
    assert (await app.handle_webhook(request(raw("event_message_im_zh.json"), headers=headers))).status == 200
    assert len(host.received) == 1


@pytest.mark.parametrize(("name", "figure"), [
    ("event_message_own_bot", "ignored_bot"),
    ("event_message_bot_message_subtype", "ignored_bot"),
    ("event_message_deleted", "ignored_subtype"),
    ("event_app_rate_limited", "platform_held_back"),
])
async def test_what_is_no_question_is_acknowledged_counted_and_not_stored(
    app: SlackAdapter, host: RecordingHost, name: str, figure: str
) -> None:
    assert (await app.handle_webhook(request(raw(f"{name}.json")))).status == 200
    assert host.received == []
    assert app.health().figures[f"received_{figure}"] == 1


async def test_a_mended_question_is_asked_again_in_a_thread_below_it(app: SlackAdapter, host: RecordingHost) -> None:
    message = await heard(app, host, raw("event_message_changed.json"))
    assert message.text == "查一下包裹 LX123456780BE 到哪了？"
    assert message.message_id == "D0PBDM001:1767225599.000100:1767225605.000000"
    assert message.conversation.external_id == f"{TEAM}/{ANNA}/1767225599.000100"
    assert message.conversation.kind is ConversationKind.DIRECT
    assert message.quoted is not None
    assert message.quoted.text == "查一下包裹 LX123456789BE 到哪了？"


@pytest.mark.parametrize("change", [
    {"text": "查一下包裹 LX123456789BE 到哪了？"},  # the preview of a link was added
    {"edited": None},
    {"edited": {"user": ANNA, "ts": "1767226000.000000"}},  # long after
    {"bot_id": "B0PBBOT01"},
    {"user": BOT},
])
async def test_other_changes_of_a_message_say_nothing(
    app: SlackAdapter, host: RecordingHost, change: dict[str, Any]
) -> None:
    envelope = sample("event_message_changed")
    envelope["event"]["message"] |= change
    assert (await app.handle_webhook(request(envelope))).status == 200
    assert host.received == []


async def test_a_file_is_carried_over_as_a_handle(app: SlackAdapter, host: RecordingHost) -> None:
    message = await heard(app, host, raw("event_message_file_share.json"))
    assert (message.kind, message.text) == (MessageKind.TEXT, "请核对这份清单")
    (file,) = message.attachments
    assert (file.name, file.size, file.handle) == ("包裹清单.xlsx", 18422, f"{TEAM}/F0PBFILE1")


async def test_a_file_of_a_shared_channel_is_known_by_its_id_alone(app: SlackAdapter, host: RecordingHost) -> None:
    envelope = sample("event_slack_connect_file_check")
    assert (await app.handle_webhook(request(envelope))).status == 200
    assert host.received == []  # nobody addressed us
    envelope["event"] |= {"type": "app_mention", "text": f"<@{BOT}>"}
    message = await heard(app, host, envelope)
    assert [file.handle for file in message.attachments] == [f"{TEAM}/F0PBFILE2"]
    assert message.sender.external_id == "T0PARTNER/U0EXTERN1"
    assert message.sender.outsider
    assert message.kind is MessageKind.FILE


async def test_who_does_not_say_where_at_home_is_an_outsider_in_a_shared_channel(
    app: SlackAdapter, host: RecordingHost
) -> None:
    for shared in (True, False):
        envelope = event(team=None, ts=f"1767225599.00010{int(shared)}") | {"is_ext_shared_channel": shared}
        assert (await app.handle_webhook(request(envelope))).status == 200
    assert [message.sender.outsider for message in host.received] == [True, False]


@pytest.mark.parametrize("file", [
    {"id": "F1", "mode": "external", "is_external": True}, {"id": "F1", "mode": "hosted", "is_external": True},
    {"id": "F1", "mode": "tombstone"}, {"mode": "hosted"}, {"id": 7, "mode": "hosted"}, None, "file", [],
])
async def test_files_that_lie_elsewhere_are_left_alone(app: SlackAdapter, host: RecordingHost, file: Any) -> None:
    message = await heard(app, host, event(subtype="file_share", files=[file]))
    assert message.attachments == ()


async def test_an_organisation_that_installed_as_a_whole_brings_its_workspaces(
    app: SlackAdapter, host: RecordingHost
) -> None:
    message = await heard(app, host, raw("event_enterprise_grid.json"))
    assert message.sender.external_id == message.conversation.external_id == "T0GRIDWS2/W0PBUSR09"
    assert not message.sender.outsider


async def test_what_is_said_in_a_channel_to_others_is_not_heard(app: SlackAdapter, host: RecordingHost) -> None:
    said = event(channel="C0PBCHAN1", channel_type="channel")
    assert (await app.handle_webhook(request(said))).status == 200
    assert host.received == []
    assert app.health().figures["received_ignored_not_addressed"] == 1


async def test_an_answer_in_a_thread_that_we_began_is_for_us(app: SlackAdapter, host: RecordingHost) -> None:
    said = event(channel="C0PBCHAN1", channel_type="channel", thread_ts="1767225000.000050", parent_user_id=BOT)
    message = await heard(app, host, said)
    assert message.conversation.external_id == f"{TEAM}/C0PBCHAN1/1767225000.000050"


@pytest.mark.parametrize(("change", "why"), [
    ({"api_app_id": "A0OTHER"}, "another app"),
    ({"team_id": "T0OTHER", "authorizations": []}, "another workspace"),
    ({"authorizations": [{"team_id": "T0OTHER", "user_id": BOT, "is_bot": True}]}, "installed elsewhere"),
])
async def test_an_event_that_is_not_for_us_is_acknowledged_and_not_stored(
    app: SlackAdapter, host: RecordingHost, change: dict[str, Any], why: str
) -> None:
    assert (await app.handle_webhook(request(event() | change))).status == 200, why
    assert host.received == []
    assert app.health().figures["received_foreign"] == 1
    assert "team_ids" in app.health().detail


async def test_when_the_app_is_removed_operators_read_it(app: SlackAdapter) -> None:
    assert (await app.handle_webhook(request(raw("event_app_uninstalled.json")))).status == 200
    health = app.health()
    assert (health.ok, health.state) == (True, "degraded")
    assert "install it again" in health.detail


async def test_a_token_of_a_person_who_left_changes_nothing(app: SlackAdapter) -> None:
    gone = {"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}}
    assert (await app.handle_webhook(request(sample("event_app_uninstalled") | {"event": gone}))).status == 200
    assert app.health().state == "up"


@pytest.mark.parametrize(("written", "read"), [
    ("LX&amp;1 &lt;b&gt; &amp;lt;", "LX&1 <b> &lt;"),
    ("<@U0PBUSR02> and <@U0PBUSR03|li>", "@U0PBUSR02 and @li"),
    (f"<@{BOT}> 到哪了", "到哪了"),
    ("<#C0PBCHAN1|parcels> <#C0PBCHAN1>", "#parcels #C0PBCHAN1"),
    ("<!here> <!subteam^S1|@desk> <!date^1767398400^{date}|3 Jan>", "@here @desk 3 Jan"),
    ("<tel:0123456789|0123456789> <tel:+3212>", "0123456789 +3212"),
    ("<mailto:a@b.example|a@b.example>", "a@b.example"),
    ("<http://LX1.be|LX1.be>", "LX1.be"),
    ("<https://track.example/LX1?a=1&amp;b=2>", "https://track.example/LX1?a=1&b=2"),
    ("<https://track.example/LX1|here>", "here https://track.example/LX1"),
    ("a < b", "a < b"), ("<>", ""), ("<", "<"), ("", ""),
])
async def test_markup_becomes_what_the_person_meant(
    app: SlackAdapter, host: RecordingHost, written: str, read: str
) -> None:
    assert (await heard(app, host, event(text=written))).text == read

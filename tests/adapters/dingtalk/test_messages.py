"""Every recorded kind of robot message, as the core sees it."""

from datetime import timedelta
from typing import Any

import pytest

from adapters.dingtalk.codec import Decoded, decode
from bot.contracts import ConversationKind, InboundMessage, MessageKind
from tests.adapters.dingtalk.samples import CORP, NOW, OTHER_CORP, ROBOT, ROBOT_CODE, names, sample

GROUP = "cidK3v9QmT1x7Wd0pYbLz2Ra8A=="
DIRECT = "cid8sT2vX5zA1cE4gH7jK0mN3pQ=="


def decoded(payload: Any) -> Decoded:
    return decode(payload, ROBOT, NOW)


def message(name: str) -> InboundMessage:
    return decoded(sample(name)).message


@pytest.mark.parametrize("name", names("robot_"))
def test_every_sample_is_read_with_its_identity_and_its_way_to_answer(name: str) -> None:
    payload = sample(name)
    read = message(name)
    assert read.message_id == f"{ROBOT_CODE}:{payload['msgId']}"
    assert read.conversation.external_id == payload["conversationId"]
    assert read.conversation.kind is (
        ConversationKind.DIRECT if payload["conversationType"] == "1" else ConversationKind.GROUP)
    assert read.sender.name == payload["senderNick"]
    assert read.sent_at == NOW
    assert read.reply_route is not None
    assert read.reply_route.url == payload["sessionWebhook"]
    assert read.reply_route.expires_at == NOW + timedelta(minutes=90)
    assert not read.automated
    assert not read.from_self


@pytest.mark.parametrize(("name", "kind", "text"), [
    ("robot_text_direct", MessageKind.TEXT, "RB123456785CN"),
    ("robot_text_group", MessageKind.TEXT, "查一下 RB123456785CN 到哪了？"),
    ("robot_text_group_at_others", MessageKind.TEXT, "请 @manager0042 一起看 LX987654321BE"),
    ("robot_text_external_sender", MessageKind.TEXT, "where is LX987654321BE"),
    ("robot_custom_outgoing", MessageKind.TEXT, "状态"),
    ("robot_text_quote", MessageKind.TEXT, "这单还没更新"),
    ("robot_richtext", MessageKind.TEXT, "面单破损，单号 RB123456785CN\n请安排重新贴单"),
    ("robot_audio", MessageKind.AUDIO, "查一下R B 一二三四五六七八五C N"),
    ("robot_audio_no_recognition", MessageKind.AUDIO, ""),
    ("robot_picture", MessageKind.PICTURE, ""),
    ("robot_video", MessageKind.VIDEO, ""),
    ("robot_file", MessageKind.FILE, ""),
    ("robot_unknown", MessageKind.UNKNOWN, ""),
    ("robot_quota_exceeded", MessageKind.NOTICE, "受调用量超量影响，当前我的消息服务已经暂停。"),
])
def test_each_kind_is_told_apart_and_its_words_are_found(name: str, kind: MessageKind, text: str) -> None:
    assert (message(name).kind, message(name).text) == (kind, text)


@pytest.mark.parametrize(("name", "file", "media_type", "handle"), [
    ("robot_richtext", "picture", "image/*", "mIofN681YE3f/4m2NnKq8vRz1sT5xW9yB3dF7hJ0lP6="),
    ("robot_picture", "picture", "image/*", "mIofN681YE3f/2bD6fH0jL4nP8rT2vX6zB0dF4hJ8lN="),
    ("robot_audio", "audio", "audio/*", "mIofN681YE3f/7cG1kO5sW9aE3iM7qU1yC5gK9oS3wA="),
    ("robot_video", "video", "video/mp4", "mIofN681YE3f/3kU7eY1iC5mG9qK3uO7yS1cW5gA9kE="),
    ("robot_file", "清关清单_2026-03-02.xlsx",
     "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
     "mIofN681YE3f/6oY0sI4wM8aQ2eU6iY0mC4qG8uK2yO="),
])
def test_a_file_is_known_by_the_code_that_downloads_it(name: str, file: str, media_type: str, handle: str) -> None:
    (attachment,) = message(name).attachments
    assert (attachment.name, attachment.media_type, attachment.handle) == (file, media_type, handle)


def test_a_quoted_message_is_kept_with_its_text_so_that_this_one_can_be_understood() -> None:
    quoted = message("robot_text_quote").quoted
    assert quoted is not None
    assert quoted.message_id == f"{ROBOT_CODE}:msgAl8lMyW0aSnNNPKnw8VefA=="
    assert quoted.text == "RB123456785CN 已交航空"


@pytest.mark.parametrize(("replied", "text"), [
    ({"msgType": "markdown", "content": {"text": "### LX1"}}, "### LX1"),
    ({"msgType": "richText", "content": {"richText": [{"text": "LX"}, {"text": "1"}]}}, "LX1"),
    ({"msgType": "text", "content": "bare"}, "bare"),
    ({"msgType": "interactiveCard", "content": {"cardContent": {"a": [{"t": "LX1"}, {"t": "清关中"}]}}}, "LX1\n清关中"),
    ({"msgType": "picture", "content": {"downloadCode": "x"}}, ""),
])
def test_the_quoted_text_is_found_wherever_its_kind_puts_it(replied: dict[str, Any], text: str) -> None:
    payload = sample("robot_text_quote")
    payload["text"]["repliedMsg"] = replied
    quoted = decoded(payload).message.quoted
    assert quoted is not None
    assert quoted.text == text


def test_staff_are_known_by_their_staff_id_and_their_organisation() -> None:
    sender = message("robot_text_group").sender
    assert (sender.external_id, sender.organisation, sender.outsider) == ("manager8821", CORP, False)


def test_a_sender_without_staff_id_is_an_outsider_known_by_the_encrypted_id() -> None:
    sender = message("robot_text_external_sender").sender
    assert sender.outsider
    assert sender.external_id == "outsider/$:LWCP_v1:$Ee1Tt2Xx3Tt4Uu5Ss6Ee7R=="
    assert sender.organisation == OTHER_CORP
    assert message("robot_custom_outgoing").sender.outsider


def test_staff_of_another_organisation_cannot_pass_for_ours() -> None:
    payload = sample("robot_text_group") | {"senderCorpId": OTHER_CORP}
    foreign = decoded(payload).message.sender
    assert foreign.outsider
    assert foreign.external_id != message("robot_text_group").sender.external_id
    slashed = sample("robot_text_group") | {"senderStaffId": "outsider/x"}
    assert decoded(slashed).message.sender.external_id == "outsider%2Fx"


def test_what_the_robot_wrote_itself_is_marked() -> None:
    payload = sample("robot_text_group")
    assert decoded(payload | {"senderId": payload["chatbotUserId"]}).message.from_self


def test_text_at_the_top_level_is_a_fallback() -> None:
    payload = sample("robot_text_direct")
    del payload["text"]
    assert decoded(payload | {"content": " RB123456785CN "}).message.text == "RB123456785CN"


def test_a_creation_time_as_text_is_taken_and_an_absurd_one_is_not() -> None:
    payload = sample("robot_text_direct")
    assert decoded(payload | {"createAt": str(payload["createAt"])}).message.sent_at == NOW
    absurd: object
    for absurd in (None, -1, 10**30, "soon", [], float("inf"), True, payload["createAt"] + 10**10):
        assert decoded(payload | {"createAt": absurd}).message.sent_at == NOW

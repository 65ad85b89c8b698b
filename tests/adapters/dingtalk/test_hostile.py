"""Signed bodies full of malice or nonsense: a clear refusal or a polite reading, never an error of ours."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.dingtalk import DingTalkAdapter
from adapters.dingtalk.codec import decode
from adapters.dingtalk.values import BadPayload, load
from bot.contracts import MAX_TEXT_CHARACTERS, MessageKind
from bot.testing import RecordingHost
from tests.adapters.dingtalk.samples import NOW, ROBOT, request, sample


@pytest.mark.parametrize("body", [
    b"", b"not json", b"[]", b"null", b"1", b'"text"', b"{", b"\xff\xfe", b'{"a":NaN}', b"{}",
    b"[" * 30_000, b'{"a":' * 10_000, b'{"msgId":' + b"9" * 5_000 + b"}", b'{"msgId":1e999}',
], ids=lambda body: repr(body[:12]))
async def test_a_body_that_is_no_message_is_a_400_that_says_what_is_wrong(
    robot: DingTalkAdapter, host: RecordingHost, body: bytes
) -> None:
    response = await robot.handle_webhook(request(body))
    assert response.status == 400
    assert json.loads(response.body)["error"]
    assert host.received == []


@pytest.mark.parametrize("size", [64 * 1024 + 1, 10_000_000])
async def test_a_body_too_large_is_refused_before_its_signature_is_looked_at(
    robot: DingTalkAdapter, host: RecordingHost, size: int
) -> None:
    assert (await robot.handle_webhook(request(b"x" * size))).status == 413
    assert (await robot.handle_webhook(request(b"x" * size, sign="forged"))).status == 413


@pytest.mark.parametrize("key", ["msgId", "conversationId"])
@pytest.mark.parametrize("value", [None, "", 7, [], {}, True, "x" * 257])
async def test_a_message_without_identity_is_refused(
    robot: DingTalkAdapter, host: RecordingHost, key: str, value: Any
) -> None:
    response = await robot.handle_webhook(request(sample("robot_text_group") | {key: value}))
    assert response.status == 400
    assert key in json.loads(response.body)["error"]


async def test_nobody_can_speak_in_the_name_of_a_group_that_is_only_pushed_to(
    robot: DingTalkAdapter, host: RecordingHost
) -> None:
    response = await robot.handle_webhook(request(sample("robot_text_group") | {"conversationId": "robot:ops"}))
    assert (response.status, host.received) == (400, [])


@pytest.mark.parametrize("key", sorted(sample("robot_text_group")))
@pytest.mark.parametrize("value", [None, "", 7, -1, 1.5, [], {}, True, [{}], {"content": []}, "x" * 1000])
async def test_a_field_of_any_other_type_never_breaks_anything(
    robot: DingTalkAdapter, host: RecordingHost, key: str, value: Any
) -> None:
    response = await robot.handle_webhook(request(sample("robot_text_group") | {key: value}))
    assert response.status in (200, 400, 401)
    assert len(host.received) == (response.status == 200)


@pytest.mark.parametrize("text", [
    "a\u0000b", "half \ud800 a pair", "\udfff", "\u202etxet tfel ot thgir\u202c", "\u200f\u200e", "😀" * 1000,
])
async def test_text_with_odd_characters_is_stored_without_those_no_store_can_keep(
    robot: DingTalkAdapter, host: RecordingHost, text: str
) -> None:
    payload = sample("robot_text_group") | {"text": {"content": text}, "senderNick": text}
    assert (await robot.handle_webhook(request(payload))).status == 200
    stored = host.received[0].text
    stored.encode()
    assert "\x00" not in stored
    assert stored == text.replace("\x00", "").replace("\ud800", "\ufffd").replace("\udfff", "\ufffd")


@pytest.mark.parametrize("kind", ["chatRecord", "interactiveCard", "", "TEXT", "../../etc", "text\u0000x"])
async def test_an_unknown_kind_is_stored_as_such_so_that_it_can_be_answered_politely(
    robot: DingTalkAdapter, host: RecordingHost, kind: str
) -> None:
    payload = sample("robot_unknown") | {"msgtype": kind}
    assert (await robot.handle_webhook(request(payload))).status == 200
    assert host.received[0].kind is MessageKind.UNKNOWN


@pytest.mark.parametrize("url", [
    "https://127.0.0.1/robot/sendBySession?session=a",
    "http://oapi.dingtalk.com/robot/sendBySession?session=a",
    "https://oapi.dingtalk.com.evil.example/robot/sendBySession?session=a",
    "http://169.254.169.254/latest/meta-data", "file:///etc/passwd", 7, ["https://oapi.dingtalk.com"],
])
async def test_a_session_webhook_that_points_elsewhere_is_dropped_and_the_message_kept(
    robot: DingTalkAdapter, host: RecordingHost, url: Any
) -> None:
    assert (await robot.handle_webhook(request(sample("robot_text_group") | {"sessionWebhook": url}))).status == 200
    assert host.received[0].reply_route is None
    assert robot.health().figures["received_routes_refused"] == 1


def test_a_text_longer_than_any_person_types_is_cut() -> None:
    payload = sample("robot_text_group") | {"text": {"content": "x" * 200_000}}
    assert len(decode(payload, ROBOT, NOW).message.text) == MAX_TEXT_CHARACTERS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4), max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes=st.dictionaries(
    st.sampled_from([*sample("robot_text_quote"), "content", "errorMessage", "originalMsgId"]), JSON, max_size=6))
def test_any_payload_is_read_or_refused(changes: dict[str, Any]) -> None:
    with suppress(BadPayload):
        read = decode(sample("robot_text_quote") | changes, ROBOT, NOW).message
        assert read.message_id.startswith(ROBOT.code)
        assert read.conversation.external_id


@settings(max_examples=150, deadline=None)
@given(body=st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_an_object_or_refused(body: bytes) -> None:
    with suppress(BadPayload):
        assert isinstance(load(body), dict)

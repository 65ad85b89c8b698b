"""Signed bodies full of malice or nonsense: a clear refusal or a polite reading, never an error of ours."""

import json
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.slack import SlackAdapter
from adapters.slack.events import decode_event
from adapters.slack.pressed import decode_action, decode_command
from adapters.slack.routes import origins
from adapters.slack.values import BadPayload, load, load_form
from adapters.slack.workspace import App, event_context
from bot.contracts import MAX_TEXT_CHARACTERS, WebhookRequest
from bot.testing import RecordingHost
from tests.adapters.slack.samples import APP, NOW, TEAM, event, raw, request, sample

OURS = App("slack", frozenset({TEAM}), APP)
HOOKS = origins(("https://hooks.slack.com",))
ODD: list[Any] = [None, "", 7, -1, 1.5, [], {}, True, [{}], {"id": []}, "x" * 1_000, "\ud800\x00"]


@pytest.mark.parametrize("body", [
    b"", b"not json", b"[]", b"null", b"1", b'"text"', b"{", b"\xff\xfe", b'{"a":NaN}', b"{}", b"{" * 30_000,
    b'{"a":' * 10_000, b'{"type":' + b"9" * 5_000 + b"}", b"payload=", b"payload=%7B", b"payload=%ff", b"a=b",
    b"&" * 500, b"=", b"a" * 1000, b"payload=[]", b"command", b"a=" + b"b&a=" * 300, b"command=%2Fparcel",
], ids=lambda body: repr(body[:16]))
async def test_a_body_that_is_nothing_of_slacks_is_a_400_that_says_what_is_wrong(
    app: SlackAdapter, host: RecordingHost, body: bytes
) -> None:
    response = await app.handle_webhook(request(body))
    assert response.status == 400
    assert json.loads(response.body)["error"]
    assert host.received == []


@pytest.mark.parametrize("size", [1024 * 1024 + 1, 10_000_000])
async def test_a_body_too_large_is_refused_before_its_signature_is_looked_at(
    app: SlackAdapter, host: RecordingHost, size: int
) -> None:
    assert (await app.handle_webhook(request(b"x" * size))).status == 413
    forged = request(b"x" * size, headers={"x-slack-signature": "forged"})
    assert (await app.handle_webhook(forged)).status == 413


async def test_only_post_is_taken_but_for_the_check_of_the_certificate(app: SlackAdapter) -> None:
    signed = request(event())
    for method in ("GET", "PUT", "DELETE", "HEAD"):
        assert (await app.handle_webhook(WebhookRequest(method, signed.headers, {}, signed.body))).status == 405
    assert (await app.handle_webhook(WebhookRequest("GET", {}, {"ssl_check": "1"}, b""))).status == 200


@pytest.mark.parametrize("key", ["channel", "ts", "user"])
@pytest.mark.parametrize("value", [None, "", 7, [], {}, True, "x" * 100, "../..", "<!channel>", "Ａ１"])
async def test_a_message_without_identity_is_refused(
    app: SlackAdapter, host: RecordingHost, key: str, value: Any
) -> None:
    response = await app.handle_webhook(request(event(**{key: value})))
    assert response.status == 400
    assert host.received == []


@pytest.mark.parametrize("key", sorted(sample("event_message_im_zh")))
@pytest.mark.parametrize("value", ODD)
async def test_a_field_of_an_envelope_of_another_type_never_breaks_anything(
    app: SlackAdapter, host: RecordingHost, key: str, value: Any
) -> None:
    response = await app.handle_webhook(request(event() | {key: value}))
    assert response.status in (200, 400)


@pytest.mark.parametrize("key", sorted({*sample("event_message_im_zh")["event"], "files", "subtype", "thread_ts",
                                        "user_team", "bot_id", "hidden"}))
@pytest.mark.parametrize("value", ODD)
async def test_a_field_of_an_event_of_another_type_never_breaks_anything(
    app: SlackAdapter, host: RecordingHost, key: str, value: Any
) -> None:
    response = await app.handle_webhook(request(event(**{key: value})))
    assert response.status in (200, 400)
    for message in host.received:
        message.model_dump_json()


@pytest.mark.parametrize("key", sorted(sample("socket/interactive")["payload"]))
@pytest.mark.parametrize("value", ODD)
async def test_a_field_of_a_button_of_another_type_never_breaks_anything(
    app: SlackAdapter, host: RecordingHost, key: str, value: Any
) -> None:
    payload = sample("socket/interactive")["payload"] | {key: value}
    response = await app.handle_webhook(request(urlencode({"payload": json.dumps(payload)}).encode()))
    assert response.status in (200, 400)


@pytest.mark.parametrize("key", sorted(sample("socket/slash_commands")["payload"]))
@pytest.mark.parametrize("value", ["", "x" * 1_000, "\x00", "'; drop table", "１"])
async def test_a_field_of_a_command_that_is_odd_never_breaks_anything(
    app: SlackAdapter, host: RecordingHost, key: str, value: str
) -> None:
    form = sample("socket/slash_commands")["payload"] | {key: value}
    response = await app.handle_webhook(request(urlencode(form).encode()))
    assert response.status in (200, 400)


@pytest.mark.parametrize("text", [
    "a\u0000b", "half \ud800 a pair", "\udfff", "\u202etxet", "😀" * 1000, "<" * 30_000, "<@" * 10_000, "<a|b" * 9_000,
])
async def test_text_with_odd_characters_is_stored_without_those_no_store_can_keep(
    app: SlackAdapter, host: RecordingHost, text: str
) -> None:
    assert (await app.handle_webhook(request(event(text=text)))).status == 200
    stored = host.received[0].text
    stored.encode()
    assert "\x00" not in stored


async def test_a_very_long_text_is_cut(app: SlackAdapter, host: RecordingHost) -> None:
    assert (await app.handle_webhook(request(event(text="x" * 200_000)))).status == 200
    assert len(host.received[0].text) == MAX_TEXT_CHARACTERS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)
EVENT_KEYS = st.sampled_from([
    "type", "subtype", "user", "channel", "ts", "thread_ts", "text", "files", "bot_id", "message", "previous_message",
    "channel_type", "edited", "parent_user_id", "hidden", "team", "user_team",
])


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(EVENT_KEYS, JSON), st.booleans())
def test_no_event_breaks_the_reading(fields: dict[str, Any], changed: bool) -> None:
    envelope = event(**fields)
    if changed:
        envelope = sample("event_message_changed")
        envelope["event"]["message"] |= fields
    with suppress(BadPayload):
        context, bot_user = event_context(OURS, envelope)
        decode_event(envelope["event"], context, bot_user=bot_user, now=NOW)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*sample("socket/interactive")["payload"], "view"]), JSON))
def test_no_button_breaks_the_reading(fields: dict[str, Any]) -> None:
    with suppress(BadPayload):
        decode_action(sample("socket/interactive")["payload"] | fields, OURS, origins=HOOKS, now=NOW)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_break_the_parsing(body: bytes) -> None:
    for parse in (load, load_form):
        with suppress(BadPayload):
            found = parse(body)
            with suppress(BadPayload):
                decode_command(found, OURS, origins=HOOKS, now=NOW)


@settings(deadline=None)
@given(st.integers(0, 900), st.binary(max_size=3))
def test_no_damaged_recording_breaks_the_reading(place: int, damage: bytes) -> None:
    body = raw("event_message_im_zh.json")
    with suppress(BadPayload):
        envelope = load(body[:place] + damage + body[place + len(damage):])
        context, bot_user = event_context(OURS, envelope)
        inner = envelope.get("event")
        decode_event(inner if isinstance(inner, dict) else {}, context, bot_user=bot_user, now=NOW)

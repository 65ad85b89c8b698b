"""Every vector of the signature, and what a stranger may try: never an error of ours."""

from typing import Any

import pytest
from slack_sdk.signature import Clock, SignatureVerifier

from adapters.slack import SlackAdapter
from adapters.slack.verify import is_fresh, sign, signed_with
from bot.contracts import WebhookRequest
from bot.testing import MovableClock, RecordingHost
from tests.adapters.slack.samples import NOW_SECONDS, SECRET, VECTORS, adapter, event, raw, request


def body_of(vector: dict[str, Any]) -> bytes:
    return raw(vector["file"]) if "file" in vector else vector["body"].encode()


def named(vector: dict[str, Any]) -> str:
    return f"{vector.get('file', 'no file')}: {vector.get('why', vector.get('note', ''))}"


@pytest.mark.parametrize("vector", [*VECTORS["valid"], *VECTORS["edge_valid"]], ids=named)
def test_a_valid_signature_is_taken(vector: dict[str, Any]) -> None:
    timestamp, body, signature = vector["timestamp"], body_of(vector), vector["signature"]
    assert is_fresh(timestamp, NOW_SECONDS)
    assert sign(SECRET, timestamp, body) == signature
    assert signed_with((SECRET,), timestamp, body, signature) == 0


@pytest.mark.parametrize("vector", VECTORS["invalid"], ids=named)
def test_an_invalid_one_is_not(vector: dict[str, Any]) -> None:
    assert signed_with((SECRET,), vector["timestamp"], body_of(vector), vector["signature"]) is None


@pytest.mark.parametrize("vector", VECTORS["stale"], ids=named)
def test_a_stale_one_is_right_and_too_old(vector: dict[str, Any]) -> None:
    assert signed_with((SECRET,), vector["timestamp"], body_of(vector), vector["signature"]) == 0
    assert not is_fresh(vector["timestamp"], NOW_SECONDS)


@pytest.mark.parametrize("vector", [*VECTORS["valid"], *VECTORS["invalid"]], ids=named)
def test_the_official_verifier_agrees(vector: dict[str, Any]) -> None:
    class Fixed(Clock):
        def now(self) -> float:
            return float(NOW_SECONDS)

    timestamp, body, signature = vector["timestamp"], body_of(vector), vector["signature"]
    theirs = SignatureVerifier(SECRET, Fixed()).is_valid(body, timestamp, signature)
    assert theirs == (signed_with((SECRET,), timestamp, body, signature) == 0)


@pytest.mark.parametrize("timestamp", [
    "", "abc", "-5", "1e9", "１７６７２２５６００", "9" * 13, "1767225600.0", " 1767225600",
])
async def test_an_odd_timestamp_is_a_401(app: SlackAdapter, host: RecordingHost, timestamp: str) -> None:
    body = raw("event_message_im_zh.json")
    headers = {"x-slack-request-timestamp": timestamp, "x-slack-signature": sign(SECRET, timestamp, body)}
    assert (await app.handle_webhook(WebhookRequest("POST", headers, {}, body))).status == 401
    assert host.received == []


@pytest.mark.parametrize("signature", ["", "v0=", "v0=é", "v0=" + "0" * 64, "\ud800"])
async def test_an_odd_signature_is_a_401(app: SlackAdapter, host: RecordingHost, signature: str) -> None:
    forged = request(event(), headers={"x-slack-signature": signature})
    assert (await app.handle_webhook(forged)).status == 401
    assert host.received == []


async def test_a_request_is_taken_for_five_minutes(
    app: SlackAdapter, host: RecordingHost, clock: MovableClock
) -> None:
    for offset, status in ((-301, 401), (-300, 200), (300, 200), (301, 401)):
        assert (await app.handle_webhook(request(event(), at=NOW_SECONDS + offset))).status == status
    assert len(host.received) == 1


async def test_while_the_secret_is_changed_both_are_taken_and_the_old_one_is_counted(host: RecordingHost) -> None:
    app = adapter(signing_secret="new-secret", previous_signing_secret=SECRET)
    await app.start(host)
    assert (await app.handle_webhook(request(event()))).status == 200
    assert (await app.handle_webhook(request(event(), secret="new-secret"))).status == 200
    assert (await app.handle_webhook(request(event(), secret="third"))).status == 401
    assert app.health().figures["received_signed_with_previous_secret"] == 1
    await app.stop()

"""What the chat sends: verified first, then read, then stored, and only then acknowledged."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.contracts import (
    MAX_TEXT_CHARACTERS,
    AdapterHost,
    ConversationAddress,
    ConversationKind,
    InboundMessage,
    NotStored,
    Sender,
    WebhookRequest,
    WebhookResponse,
)

MAX_BODY_BYTES = 256 * 1024
FRESH = timedelta(minutes=5)
OK, UNVERIFIED, LATER = WebhookResponse(200, b"{}"), WebhookResponse(401), WebhookResponse(503)
TOO_LARGE, WRONG_METHOD = WebhookResponse(413), WebhookResponse(405)


class BadPayload(ValueError):
    """Genuine, and not what was agreed; the text says what is wrong."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Over the time and the body, so that neither can be changed."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def refusal(request: WebhookRequest, secret: str, now: datetime) -> WebhookResponse | None:
    """Why the body is not even read; None when the chat vouches for it. Says no more than that it is refused."""
    if len(request.body) > MAX_BODY_BYTES:
        return TOO_LARGE
    if request.method != "POST":
        return WRONG_METHOD
    timestamp, given = request.headers.get("x-timestamp", ""), request.headers.get("x-signature", "")
    fresh = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12
    if not fresh or abs(now.timestamp() - int(timestamp)) > FRESH.total_seconds():
        return UNVERIFIED
    right = hmac.compare_digest(signature(secret, timestamp, request.body).encode(), given.encode())
    return None if right else UNVERIFIED


def decode(body: bytes, adapter: str, now: datetime) -> InboundMessage:
    """The message. Raises `BadPayload`."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise BadPayload("the body is no JSON") from None
    if not isinstance(payload, dict):
        raise BadPayload("the body is no object")
    room, person = _name(payload, "room"), _name(payload, "from")
    direct = payload.get("direct") is True
    return InboundMessage(
        message_id=_name(payload, "id"),
        conversation=ConversationAddress(
            adapter=adapter, external_id=room, kind=ConversationKind.DIRECT if direct else ConversationKind.GROUP
        ),
        sender=Sender(external_id=person),
        text=_clean(payload.get("text")),
        sent_at=_time(payload.get("at"), now),
        from_self=payload.get("bot") is True,
    )


async def answer(request: WebhookRequest, host: AdapterHost, *, adapter: str, secret: str) -> WebhookResponse:
    """Answer one callback; 200 means that the message is safe."""
    refused = refusal(request, secret, host.now())
    if refused is not None:
        return refused
    try:
        message = decode(request.body, adapter, host.now())
    except BadPayload as error:
        return WebhookResponse(400, json.dumps({"error": str(error)}).encode())
    try:
        await host.receive(message)
    except NotStored:
        return LATER  # the chat sends it again
    return OK


def _name(payload: dict[str, Any], key: str) -> str:
    value = payload.get(key)
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= 200:
        raise BadPayload(f"{key} must be a text of 1 to 200 printable characters")
    return value


def _clean(value: object) -> str:
    """What no store can keep is left out: NUL and halves of characters."""
    if not isinstance(value, str):
        raise BadPayload("text must be a text")
    text = value[:MAX_TEXT_CHARACTERS].replace("\x00", "")
    return text.encode("utf-8", "replace").decode()


def _time(value: object, now: datetime) -> datetime:
    """Seconds since 1970; a time that cannot be is the present."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 10**11:
        return now
    return datetime.fromtimestamp(value, UTC)

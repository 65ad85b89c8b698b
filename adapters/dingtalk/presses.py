"""A button of an interactive card was pressed: it becomes a message, and the card is told so within two seconds."""

import base64
import hmac
import json
import logging
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from adapters.dingtalk.codec import Robot
from adapters.dingtalk.intake import Intake
from adapters.dingtalk.interactive import Kept, kept_from, state_key
from adapters.dingtalk.values import BadPayload, items, load, mapping, text_of
from adapters.dingtalk.verify import is_fresh
from bot.contracts import (
    ConversationAddress,
    InboundMessage,
    MessageKind,
    NotStored,
    Sender,
    WebhookRequest,
    WebhookResponse,
)

log = logging.getLogger(__name__)

TIMESTAMP_HEADER, SIGNATURE_HEADER = "x-ddpaas-signature-timestamp", "x-ddpaas-signature"
MAX_BODY_BYTES = 64 * 1024
_BUTTON = re.compile(r"button([1-9])", re.IGNORECASE)


def sign_card(secret: str, timestamp: str) -> str:
    """The signature of a button press over HTTP: the timestamp alone is signed, and nothing is added to it."""
    mac = hmac.digest(secret.encode(), timestamp.encode("utf-8", "replace"), "sha256")
    return base64.b64encode(mac).decode("ascii")


@dataclass(slots=True)
class Presses:
    """Takes button presses for one robot. What a button says is what we kept, never what the client sends."""

    robot: Robot
    secret: str | None = field(default=None, repr=False)
    """Of HTTP mode; without one no press is believed there."""
    counts: Counter[str] = field(default_factory=Counter)

    async def by_stream(self, payload: Mapping[str, Any], intake: Intake, *, delivery: str) -> str:
        """The acknowledgement's data. Raises `BadPayload` or `NotStored`."""
        return json.dumps({"response": await self._pressed(payload, intake, delivery=delivery)}, separators=(",", ":"))

    async def by_http(self, request: WebhookRequest, intake: Intake) -> WebhookResponse:
        """The answer to a callback with the card platform's own signature."""
        if len(request.body) > MAX_BODY_BYTES:
            return WebhookResponse(413)
        if request.method.upper() != "POST":
            return WebhookResponse(405)
        timestamp = request.headers.get(TIMESTAMP_HEADER, "")
        given = request.headers.get(SIGNATURE_HEADER, "").encode("utf-8", "replace")
        fresh = is_fresh(timestamp, int(intake.now().timestamp() * 1000))
        if not (self.secret and fresh and hmac.compare_digest(sign_card(self.secret, timestamp).encode(), given)):
            return WebhookResponse(401)
        try:
            answer = await self._pressed(load(request.body), intake, delivery=timestamp)
        except BadPayload as error:
            return WebhookResponse(400, json.dumps({"error": str(error)}).encode())
        except NotStored:
            return WebhookResponse(429)
        return WebhookResponse(200, json.dumps(answer, separators=(",", ":")).encode())

    async def _pressed(self, payload: Mapping[str, Any], intake: Intake, *, delivery: str) -> Mapping[str, Any]:
        """What the card shall show now; nothing when the press means nothing."""
        card, person = text_of(payload.get("outTrackId"), 256), text_of(payload.get("userId"), 256)
        if not card or not person:
            raise BadPayload("outTrackId or userId is missing")
        if text_of(payload.get("corpId")) not in ("", self.robot.corp_id):
            self.counts["foreign"] += 1
            return {}
        number, stored = _number(payload), await intake.state.get(state_key(card))
        if number is None or not stored:
            self.counts["unknown"] += 1
            return {}
        kept = kept_from(stored)
        if number > len(kept.says):
            self.counts["unknown"] += 1
            return {}
        message = self._message(kept, number, person=person, intake=intake, key=f"{card}:{delivery}")
        receipt = await intake.receive(message)
        self.counts["duplicates" if receipt.duplicate else "stored"] += 1
        return {
            "cardUpdateOptions": {"updateCardDataByKey": True, "updatePrivateDataByKey": True},
            "userPrivateData": {"cardParamMap": {"pressed": str(number)}},
        }

    def _message(self, kept: Kept, number: int, *, person: str, intake: Intake, key: str) -> InboundMessage:
        return InboundMessage(
            message_id=f"{self.robot.code}:press:{key}:{number}:{person}",
            conversation=ConversationAddress(
                adapter=self.robot.adapter, external_id=kept.conversation, kind=kept.kind
            ),
            sender=Sender(external_id=quote(person, safe="@"), organisation=self.robot.corp_id),
            kind=MessageKind.ACTION,
            text=kept.says[number - 1],
            sent_at=intake.now(),
        )


def _number(payload: Mapping[str, Any]) -> int | None:
    """Which button: `button1` and so on among the action ids, as our template names them."""
    try:
        content = load(text_of(payload.get("content")).encode("utf-8", "replace"))
    except BadPayload:
        return None
    for action in items(mapping(content.get("cardPrivateData")).get("actionIds")):
        if found := _BUTTON.fullmatch(text_of(action, 64).strip()):
            return int(found[1])
    return None

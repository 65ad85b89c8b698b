"""A button of an interactive card was pressed: it becomes a message, and the card is told so within two seconds."""

import base64
import hmac
import json
import logging
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

from adapters.dingtalk.codec import Robot, external_id_of
from adapters.dingtalk.frames import Heard
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
COMES_AGAIN_WITHIN = timedelta(minutes=2)
"""A press that was not acknowledged in time is delivered again after about a minute, under another id."""
_BUTTON = re.compile(r"button([1-9])", re.IGNORECASE)


def sign_card(secret: str, timestamp: str) -> str:
    """The signature of a button press over HTTP: the timestamp alone is signed, and nothing is added to it."""
    mac = hmac.digest(secret.encode(), timestamp.encode("utf-8", "replace"), "sha256")
    return base64.b64encode(mac).decode("ascii")


class Pressed(NamedTuple):
    """What the card shall show now; nothing when the press means nothing."""

    answer: Mapping[str, Any]
    heard: Heard | None = None


@dataclass(slots=True)
class Presses:
    """Takes button presses for one robot. What a button says is what we kept, never what the client sends.

    Nothing in a press tells a second delivery from a second press. What was acknowledged does not come again: until
    then the same button pressed by the same person is the same press.
    """

    robot: Robot
    secret: str | None = field(default=None, repr=False)
    """Of HTTP mode; without one no press is believed there."""
    counts: Counter[str] = field(default_factory=Counter)

    async def by_stream(
        self, payload: Mapping[str, Any], intake: Intake, *, delivery: str
    ) -> tuple[str, Heard | None]:
        """The acknowledgement's data, and who is to be told of it. Raises `BadPayload` or `NotStored`."""
        pressed = await self._pressed(payload, intake, delivery=delivery)
        return json.dumps({"response": pressed.answer}, separators=(",", ":")), pressed.heard

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
            pressed = await self._pressed(load(request.body), intake, delivery=timestamp)
        except BadPayload as error:
            return WebhookResponse(400, json.dumps({"error": str(error)}).encode())
        except NotStored:
            return WebhookResponse(503)
        if pressed.heard is not None:
            await pressed.heard(True)
        return WebhookResponse(200, json.dumps(pressed.answer, separators=(",", ":")).encode())

    async def _pressed(self, payload: Mapping[str, Any], intake: Intake, *, delivery: str) -> Pressed:
        card, person = text_of(payload.get("outTrackId"), 256), text_of(payload.get("userId"), 256)
        if not card or not person:
            raise BadPayload("outTrackId or userId is missing")
        if text_of(payload.get("corpId")) not in ("", self.robot.corp_id):
            self.counts["foreign"] += 1
            return Pressed({})
        number, stored = _number(payload), await intake.state.get(state_key(card))
        kept = kept_from(stored) if stored else None
        if number is None or kept is None or number > len(kept.says):
            self.counts["unknown"] += 1
            return Pressed({})
        same = f"press:{card}:{number}:{person}"
        first = await intake.state.get(same) or delivery
        note = partial(_note, intake, same, first)
        await note()  # before it is stored: whatever happens then, it is known when it comes again
        message = self._message(kept, number, person=person, intake=intake, key=f"{card}:{first}")
        receipt = await intake.receive(message)
        self.counts["duplicates" if receipt.duplicate else "stored"] += 1
        return Pressed({
            "cardUpdateOptions": {"updateCardDataByKey": True, "updatePrivateDataByKey": True},
            "userPrivateData": {"cardParamMap": {"pressed": str(number)}},
        }, partial(_heard, intake, same, note))

    def _message(self, kept: Kept, number: int, *, person: str, intake: Intake, key: str) -> InboundMessage:
        return InboundMessage(
            message_id=f"{self.robot.code}:press:{key}:{number}:{person}",
            conversation=ConversationAddress(
                adapter=self.robot.adapter, external_id=kept.conversation, kind=kept.kind
            ),
            sender=Sender(external_id=external_id_of(person), organisation=self.robot.corp_id),
            kind=MessageKind.ACTION,
            text=kept.says[number - 1],
            sent_at=intake.now(),
        )


async def _note(intake: Intake, same: str, first: str) -> None:
    await intake.state.put(same, first, until=intake.now() + COMES_AGAIN_WITHIN)


async def _heard(intake: Intake, same: str, note: Callable[[], Awaitable[None]], in_time: bool) -> None:
    try:
        await (intake.state.drop(same) if in_time else note())
    except NotStored:
        log.warning("dingtalk %s: a button pressed twice within two minutes may count once", intake.adapter)


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

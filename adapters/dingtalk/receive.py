"""The robot's callback in HTTP mode: verified, translated, stored, and only then acknowledged."""

import json
import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from adapters.dingtalk.codec import Robot, decode
from adapters.dingtalk.intake import Intake
from adapters.dingtalk.ours import is_ours
from adapters.dingtalk.values import BadPayload, load
from adapters.dingtalk.verify import PairMemory, is_fresh, is_signed
from bot.contracts import NotStored, WebhookRequest, WebhookResponse

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 64 * 1024
NO_MESSAGE = WebhookResponse(200, b'{"msgtype":"empty"}')
TOO_LARGE = WebhookResponse(413)
WRONG_METHOD = WebhookResponse(405)
UNVERIFIED = WebhookResponse(401)
"""One answer for every doubt: an endpoint that explains helps whoever is guessing."""
LATER = WebhookResponse(503)
"""Nothing was stored: the platform may deliver it again."""


@dataclass(slots=True)
class Receiver:
    """Answers callbacks for one robot. The body is looked at only after the signature was right."""

    robot: Robot
    secret: str = field(repr=False)
    pairs: PairMemory = field(default_factory=PairMemory)
    counts: Counter[str] = field(default_factory=Counter)
    last_at: datetime | None = None

    async def answer(self, request: WebhookRequest, intake: Intake) -> WebhookResponse:
        """Store the message and say that there is nothing to say; the reply comes later, over its session."""
        now = intake.now()
        refusal = self._refusal(request, now)
        if refusal is not None:
            self.counts[f"answered_{refusal.status}"] += 1
            return refusal
        try:
            payload = load(request.body)
            if not is_ours(payload, self.robot):
                log.warning("dingtalk %s: a signed callback for another robot or organisation", self.robot.adapter)
                self.counts["answered_401"] += 1
                return UNVERIFIED
            decoded = decode(payload, self.robot, now)
        except BadPayload as error:
            log.warning("dingtalk %s: a signed callback cannot be read: %s", self.robot.adapter, error)
            self.counts["answered_400"] += 1
            return WebhookResponse(400, json.dumps({"error": str(error)}).encode())
        if decoded.route_refused:
            self.counts["routes_refused"] += 1
            log.warning("dingtalk %s: a sessionWebhook outside the allowed hosts was dropped", self.robot.adapter)
        try:
            receipt = await intake.receive(decoded.message)
        except NotStored:
            self.counts["answered_503"] += 1
            return LATER
        self.last_at = now
        self.counts["duplicates" if receipt.duplicate else "stored"] += 1
        return NO_MESSAGE

    def _refusal(self, request: WebhookRequest, now: datetime) -> WebhookResponse | None:
        """Why the body is not even read, or None: size, method, headers, freshness, signature, in this order."""
        if len(request.body) > MAX_BODY_BYTES:
            return TOO_LARGE
        if request.method.upper() != "POST":
            return WRONG_METHOD
        timestamp = request.headers.get("timestamp", "")
        given = request.headers.get("sign", "")
        now_ms = int(now.timestamp() * 1000)
        if not (timestamp and given and is_fresh(timestamp, now_ms) and is_signed(self.secret, timestamp, given)):
            return UNVERIFIED
        if self.pairs.note(timestamp, given, request.body, now_ms):
            log.warning("dingtalk %s: one signature came with two bodies: a replay, or two messages in one millisecond",
                        self.robot.adapter)
        return None

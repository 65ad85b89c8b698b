"""The platform's HTTP requests: events, commands and buttons at one address, verified before anything is read."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.slack.intake import Intake
from adapters.slack.values import BadPayload, load, load_form, text_of
from adapters.slack.verify import is_fresh, signed_with
from adapters.slack.workspace import Foreign
from bot.contracts import AdapterHost, NotStored, WebhookRequest, WebhookResponse

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 1024 * 1024
DONE = WebhookResponse(200, b"", "text/plain; charset=utf-8")
TOO_LARGE = WebhookResponse(413)
WRONG_METHOD = WebhookResponse(405)
UNVERIFIED = WebhookResponse(401)
"""One answer for every doubt: an endpoint that explains helps whoever is guessing."""
LATER = WebhookResponse(503)
"""Nothing was stored: the platform delivers an event again, and tells the person whose command it was."""


@dataclass(slots=True)
class Receiver:
    """Answers the platform's requests to one instance."""

    intake: Intake
    secrets: tuple[str, ...] = field(repr=False)
    """The signing secret, then the one before it."""

    async def answer(self, request: WebhookRequest, host: AdapterHost) -> WebhookResponse:
        """An empty acknowledgement once what was sent is stored."""
        refusal = self._refusal(request, int(host.now().timestamp()))
        if refusal is not None:
            self.intake.counts[f"answered_{refusal.status}"] += 1
            return refusal
        try:
            return await self._take(request.body, host)
        except Foreign as error:  # a repetition would be foreign too
            self.intake.refused(error)
            return DONE
        except BadPayload as error:
            self.intake.refused(error)
            return WebhookResponse(400, json.dumps({"error": str(error)}).encode())
        except NotStored:
            self.intake.counts["answered_503"] += 1
            return LATER

    def _refusal(self, request: WebhookRequest, now_seconds: int) -> WebhookResponse | None:
        """Why the body is not even read, or None: size, method, freshness, signature, in this order."""
        if len(request.body) > MAX_BODY_BYTES:
            return TOO_LARGE
        if request.method.upper() == "GET" and request.query.get("ssl_check") == "1":
            return DONE
        if request.method.upper() != "POST":
            return WRONG_METHOD
        timestamp = request.headers.get("x-slack-request-timestamp", "")
        given = request.headers.get("x-slack-signature", "")
        if not is_fresh(timestamp, now_seconds):
            return UNVERIFIED
        which = signed_with(self.secrets, timestamp, request.body, given)
        if which is None:
            return UNVERIFIED
        if which:
            self.intake.counts["signed_with_previous_secret"] += 1
        return None

    async def _take(self, body: bytes, host: AdapterHost) -> WebhookResponse:
        if body.lstrip().startswith(b"{"):
            return await self._event(load(body), host)
        form = load_form(body)
        if form.get("ssl_check") == "1":
            return DONE
        if "payload" in form:
            await self.intake.take_interaction(load(form["payload"].encode()), host)
        else:
            await self.intake.take_command(form, host)
        return DONE

    async def _event(self, envelope: Mapping[str, Any], host: AdapterHost) -> WebhookResponse:
        if envelope.get("type") == "url_verification":
            challenge = {"challenge": text_of(envelope.get("challenge"))}
            return WebhookResponse(200, json.dumps(challenge).encode())
        await self.intake.take_event(envelope, host)
        return DONE

"""The recorded payloads beside these tests, and an adapter configured for them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.slack import ADAPTER, SlackAdapter, SlackConfig
from adapters.slack.verify import sign
from bot.contracts import WebhookRequest

DATA = Path(__file__).parent / "data"
VECTORS = json.loads((DATA / "signature_vectors.json").read_text(encoding="utf-8"))
SECRET = VECTORS["signing_secret"]
NOW_SECONDS = int(VECTORS["now"])
NOW = datetime.fromtimestamp(NOW_SECONDS, UTC)
TEAM, APP, ANNA, BOT = "T0PBTEAM1", "A0PBAPP01", "U0PBUSR01", "U0PBBOT01"


def raw(name: str) -> bytes:
    return (DATA / name).read_bytes()


def sample(name: str) -> Any:
    return json.loads(raw(f"{name}.json"))


def config(**more: Any) -> SlackConfig:
    keys = {"name": "slack", "type": "slack", "team_ids": [TEAM, "E0PBORG01"], "app_id": APP,
            "signing_secret": SECRET, "guests_belong": True, "bot_token": "xoxb-test-token"}
    return SlackConfig.model_validate(keys | more)


def adapter(**more: Any) -> SlackAdapter:
    return ADAPTER.create(config(**more))


def request(
    body: object, *, at: int = NOW_SECONDS, secret: str = SECRET, headers: dict[str, str] | None = None
) -> WebhookRequest:
    """A request with that body (JSON of it, unless it is bytes), signed for the second."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    signed = {"x-slack-request-timestamp": str(at), "x-slack-signature": sign(secret, str(at), content)}
    return WebhookRequest("POST", signed | (headers or {}), {}, content)


def event(**fields: Any) -> dict[str, Any]:
    """The recorded direct message with other fields in its event."""
    envelope: dict[str, Any] = sample("event_message_im_zh")
    return envelope | {"event": envelope["event"] | fields}

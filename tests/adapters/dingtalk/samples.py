"""The recorded payloads beside these tests, and an adapter configured for them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.dingtalk import ADAPTER, DingTalkAdapter, DingTalkConfig
from adapters.dingtalk.codec import Robot
from adapters.dingtalk.routes import origins
from adapters.dingtalk.verify import sign
from bot.contracts import WebhookRequest

DATA = Path(__file__).parent / "data"
SECRET = "Zq7-_wP1v0b8KxR4mUeS9tYcJd2LhN6fGaQo3iVsTnBkCwXyEzHpMrDl5uF0gAjI"
ROBOT_CODE = "dingq7w2e9r4t6y8u1i3"
CORP = "dingc0a1b2c3d4e5f60735c2f4657eb6378f"
OTHER_CORP = "ding7f6e5d4c3b2a1908acaaa37764f94726"
SENT_MS = 1772436000123
NOW = datetime.fromtimestamp(SENT_MS / 1000, UTC)
ROBOT = Robot(
    adapter="dingtalk", code=ROBOT_CODE, corp_id=CORP, other_corps=frozenset(),
    origins=origins(("https://oapi.dingtalk.com", "https://api.dingtalk.com")),
)


def sample(name: str) -> Any:
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def names(beginning: str) -> list[str]:
    return sorted(path.stem for path in DATA.glob(f"{beginning}*.json"))


def adapter(**more: Any) -> DingTalkAdapter:
    keys = {"name": "dingtalk", "type": "dingtalk", "mode": "http", "client_id": ROBOT_CODE, "client_secret": SECRET,
            "robot_code": ROBOT_CODE, "corp_id": CORP}
    return ADAPTER.create(DingTalkConfig.model_validate(keys | more))


def request(body: object, *, at_ms: int = SENT_MS, secret: str = SECRET, **headers: str) -> WebhookRequest:
    """A callback with that body (JSON of it, unless it is bytes), signed for the instant."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signed = {"timestamp": str(at_ms), "sign": sign(secret, str(at_ms))} | headers
    return WebhookRequest("POST", signed, {}, raw)

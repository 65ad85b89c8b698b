"""Is a payload for our robot? Believed only after a signature, or over Stream."""

from collections.abc import Mapping
from typing import Any

from adapters.dingtalk.codec import Robot


def is_ours(payload: Mapping[str, Any], robot: Robot) -> bool:
    """False when the payload names another robot or owner; the platform sometimes leaves either out."""
    named = ((payload.get("robotCode"), robot.code), (payload.get("chatbotCorpId"), robot.corp_id))
    return all(value in (None, "") or value == ours for value, ours in named)

"""What a webhook's answer means. A refusal inside HTTP 200 is a refusal: only `errcode` 0 is success."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from adapters.dingtalk.markdown import tidy
from adapters.dingtalk.values import mapping, text_of, whole
from bot.contracts import DeliveryOutcome, Refused, Retry, Sent

MUTED_FOR = timedelta(minutes=10)
"""The platform limits a robot that long once it sent too fast."""
BANNED_FOR = timedelta(minutes=5)
"""An answer without `errcode` is the page for an address that called too often; the ban is for all calls."""
BUSY_TRIES = 3
MAX_EXPLANATION = 200

BUSY = -1
NO_SESSION_OR_TOKEN = 300001
SECURITY = 310000
TOO_FAST = frozenset({410100, 130101})
QUOTA = frozenset({90020, 20001})
TOKEN = frozenset({88, 40001, 40014, 42001, 33001})
"""The token is wrong or has ended."""
OVER_BUDGET = Retry("the organisation's monthly quota is used up: wait for the next month or extend the plan")
TOKEN_REFUSED = Retry("the platform refuses the access token: check the credentials")
"""Neither is the message's fault, which waits: no code, for that would count against it."""
CALL_LIMITS = {90018: timedelta(seconds=1), 90002: timedelta(minutes=1)}
TOO_LONG = frozenset({460101, 101002})
_TOO_LONG_NAMES = frozenset(map(str, TOO_LONG))
BROKEN = {
    400101: "the access_token does not exist: copy it again from the robot's webhook address",
    400102: "the robot is disabled: enable it in the group's settings",
    400106: "the robot is not in the group any more: add it again",
    400013: "the group has been dissolved",
}
REFUSED = {
    40035: "the platform finds the JSON invalid: a defect of this adapter",
    43004: "the platform finds the Content-Type wrong: a defect of this adapter",
    400105: "the platform does not support the message type: a defect of this adapter",
    430101: "the content filter found an unsafe link",
    430102: "the content filter found unsafe text",
    430103: "the content filter found an unsafe picture",
    430104: "the content filter found unsafe content",
}


def outcome_of(status: int, body: bytes, headers: Mapping[str, str], *, by_session: bool) -> DeliveryOutcome:
    """The outcome of one answered request; `by_session` when it went to a session webhook."""
    if status >= 500 or status == 408:
        return Retry(f"HTTP {status}", str(status))
    if status == 429:
        wait = _retry_after(headers)
        return Retry("HTTP 429", "429", after=wait, close_channel_for=wait)
    answer = _json(body)
    code = whole(answer.get("errcode"))
    if 300 <= status < 400:
        return Retry(f"HTTP {status}: redirects are not followed", str(status))
    if code is None:
        return _without_code(status, by_session=by_session)
    if code == 0 and status < 300:
        return Sent()
    return _refusal(code, text_of(answer.get("errmsg")), by_session=by_session)


def is_too_long(outcome: DeliveryOutcome) -> bool:
    """True when a smaller message may be taken."""
    return isinstance(outcome, Refused) and outcome.code in _TOO_LONG_NAMES


def _refusal(code: int, explanation: str, *, by_session: bool) -> DeliveryOutcome:
    name = str(code)
    if code == NO_SESSION_OR_TOKEN:
        return _gone(name, by_session=by_session)
    if code in TOO_FAST:
        # A session is the organisation's robot, so the whole instance keeps quiet; a custom robot is on its own.
        close = MUTED_FOR if by_session else None
        return Retry("sent too fast: the robot is muted", name, after=MUTED_FOR, close_channel_for=close)
    if code in QUOTA:
        return OVER_BUDGET
    if code in TOKEN:
        return TOKEN_REFUSED
    if code in CALL_LIMITS:
        return Retry("too many calls", name, after=CALL_LIMITS[code])
    if code == SECURITY:
        return Refused(f"security check failed: {_security(explanation)}", name, destination_broken=True)
    if code in TOO_LONG:
        return Refused("the message is too long for the platform", name)
    if code in BROKEN:
        return Refused(BROKEN[code], name, destination_broken=True)
    if code in REFUSED:
        return Refused(REFUSED[code], name)
    reason = "the platform is busy" if code == BUSY else "the platform refused with a code we do not know"
    return Retry(reason, name, max_tries=BUSY_TRIES)


def _gone(name: str, *, by_session: bool) -> Refused:
    if by_session:
        return Refused("the session has gone", name, route_gone=True)
    return Refused("the access_token is not known: copy it again from the robot's webhook address", name,
                   destination_broken=True)


def _without_code(status: int, *, by_session: bool) -> DeliveryOutcome:
    if status >= 400:
        unreachable = status in (401, 403, 404)
        return Refused(f"HTTP {status}", str(status), destination_broken=unreachable and not by_session,
                       route_gone=unreachable and by_session)
    return Retry("no errcode in the answer: the calling address may be banned for some minutes",
                 after=BANNED_FOR, close_channel_for=BANNED_FOR)


def _security(explanation: str) -> str:
    """The platform's words, and for an operator what to do. The text decides nothing else."""
    said = " ".join(tidy(explanation).split())[:MAX_EXPLANATION]
    hints = {
        ("keyword", "关键词"): "set keyword of this custom robot",
        ("timestamp",): "check this machine's clock",
        ("sign", "签名"): "set secret of this custom robot as DingTalk shows it, SEC included",
        ("whitelist", "白名单"): "add this machine's public address to the robot's list",
    }
    fix = next((hint for words, hint in hints.items() if any(word in said for word in words)), "check its settings")
    return f"{said}; {fix}" if said else fix


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        return mapping(json.loads(body.decode()))
    except (ValueError, RecursionError):
        return {}


def _retry_after(headers: Mapping[str, str]) -> timedelta:
    seconds = whole(headers.get("Retry-After", "").strip())
    return timedelta(seconds=min(seconds, 3600)) if seconds else timedelta(minutes=1)

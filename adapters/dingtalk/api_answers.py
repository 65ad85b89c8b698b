"""What an answer of the OpenAPI means: its codes mapped to the four outcomes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from adapters.dingtalk.answers import (
    BANNED_FOR,
    BUSY_TRIES,
    MUTED_FOR,
    OVER_BUDGET,
    QUOTA,
    TOKEN,
    TOKEN_REFUSED,
    outcome_of,
)
from adapters.dingtalk.values import text_of, whole
from bot.contracts import DeliveryOutcome, Refused, Retry, Uncertain

SLOW_DOWN = timedelta(minutes=2)
TOO_LONG = "invalidParameter.msgParam.tooLong"
CARD_EXISTS = "param.cardAlreadyExist"
NO_PERMISSION = "AccessTokenPermissionDenied"
QUOTA_GONE = "ApiCountLimitForOrg"
PUNISHED = 1111
FORBIDDEN = "Forbidden.AccessDenied."
STALE_TOKEN = frozenset({"InvalidAuthentication", "invalidAuthentication"})

WAITS: Mapping[str, timedelta] = MappingProxyType({
    "QpsLimitForAppkeyAndApi": timedelta(seconds=1),
    "QpmLimitForAppkeyAndApi": timedelta(seconds=60),
    "QpsLimitForApi": timedelta(seconds=10),
    "send.too.fast": SLOW_DOWN,
    "send.byToken.tooFast": SLOW_DOWN,
    "too.many.group": SLOW_DOWN,
    "too.many.people": SLOW_DOWN,
    "130101": MUTED_FOR,
    "410100": MUTED_FOR,
})
"""Throttles, and how long to keep quiet."""
BROKEN: Mapping[str, str] = MappingProxyType({
    NO_PERMISSION: "the application may not do this: grant it the permission in the console",
    "IpNotInWhiteList": "this machine's public address is not on the application's list: add it in the console",
    "staffId.notExisted": "the person is not in the organisation any more",
    "robot.oto.notExist": "the person has no chat with the robot: let them open it once",
    "chatbotId.notAllow.sendOTO": "the robot may not write to persons: allow it in the console",
    "group.disbanded": "the group has been dissolved",
    "miss.openConversationId": "the group is not known to the platform",
    "invalid.openConversationId": "the group is not known to the platform",
    "conversation.org.notMatch": "the group belongs to another organisation than the robot: use a custom robot there",
    "robotCode.notExsit": "there is no robot with this robot_code: check it",
    "template.stopped": "the robot is disabled: enable it in the console",
    "bot.stopped": "the robot is disabled: enable it in the console",
    "resource.unavailable": "the robot is not available: check in the console that it is published",
})
"""Nothing can reach this conversation until a person acts."""
REFUSED: Mapping[str, str] = MappingProxyType({
    TOO_LONG: "the message is too long for the platform",
    "invalidParameter.msgParam.invalid": "the platform finds msgParam invalid: a defect of this adapter",
    "contain.unsafe.url": "the content filter found an unsafe link",
    "param.contentUnsafe": "the content filter found unsafe content",
})
UNKNOWN_RESULT = frozenset({"unknown.send.result", "system.error", "system.busy"})


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer of the platform."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The platform's word for what is wrong, without the family it puts before some; empty when all is well."""
        return text_of(self.body.get("code"), 100).removeprefix(FORBIDDEN)

    @property
    def is_done(self) -> bool:
        """True when the platform did what it was asked; lists inside the answer may still say for whom not."""
        return self.status == 200 and bool(self.body) and not self.code and "status" not in self.body

    @property
    def is_over_budget(self) -> bool:
        """True when the month's quota is used up."""
        return self.code == QUOTA_GONE or self.old_code in QUOTA

    @property
    def has_stale_token(self) -> bool:
        """True when a fresh token may help."""
        stale = self.status == 401 or (self.status == 400 and self.code in STALE_TOKEN)
        return stale or (self.old_code in TOKEN and not self.body.get("sub_code"))  # with one, a permission is missing

    @property
    def old_code(self) -> int | None:
        """What the older API says inside HTTP 200: 0 when all is well; None where the newer one answers."""
        return whole(self.body.get("errcode"))


def spoils_cards_only(answered: Answered) -> bool:
    """True when a card cannot be shown and the same message can go as text: template, space, permission."""
    if answered.is_done:
        return True
    return answered.code == NO_PERMISSION or (answered.code.startswith("param.") and answered.code not in REFUSED)


def refusal_of(answered: Answered) -> DeliveryOutcome:
    """The outcome of an answer that says no; `Answered.is_done` was false."""
    code, status = answered.code, answered.status
    if answered.is_over_budget:
        return OVER_BUDGET
    if answered.has_stale_token:  # a fresh one has been tried
        return TOKEN_REFUSED
    if wait := WAITS.get(code):
        return Retry("the platform asks us to slow down", code, after=wait)
    if code in BROKEN:
        return Refused(BROKEN[code], code, destination_broken=True)
    if code in REFUSED or code.startswith("contain.notAllowed."):
        return Refused(REFUSED.get(code, "the content filter found unsafe content"), code)
    if code in UNKNOWN_RESULT:
        return Uncertain(f"the platform does not know what became of it ({code})")
    return _by_status(answered, status, code)


def _by_status(answered: Answered, status: int, code: str) -> DeliveryOutcome:
    if whole(answered.body.get("status")) == PUNISHED or (not answered.body and status in (200, 403)):
        return Retry("the calling address is banned for some minutes", "banned", after=BANNED_FOR,
                     close_channel_for=BANNED_FOR)
    if status == 429:
        seconds = whole(answered.headers.get("Retry-After", "").strip()) or 1
        return Retry("HTTP 429", "429", after=timedelta(seconds=min(seconds, 3_600)))
    if status in (500, 502, 504):
        return Uncertain(f"HTTP {status}")
    if status >= 500 or status == 408:
        return Retry(f"HTTP {status}", code or str(status), max_tries=BUSY_TRIES)
    return Retry("the platform refused with a code we do not know", code or f"HTTP {status}", max_tries=BUSY_TRIES)


def old_outcome(answered: Answered) -> DeliveryOutcome:
    """The outcome of a refusal of the older API."""
    if answered.old_code is None:
        return refusal_of(answered)
    raw = json.dumps(dict(answered.body)).encode()
    return outcome_of(answered.status, raw, answered.headers, by_session=False)

"""The card platform of the fake DingTalk: cards made, shown, changed in place, and their buttons."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from bot.testing.dingtalk_afterwards import Shown as Message
from bot.testing.dingtalk_refusals import Answer, problem

TEMPLATE = "fake-template.schema"
MAX_VALUE_BYTES = 1024
Shown = Callable[[str, dict[str, Any], str], None]


class CardPlatform:
    """Knows one published template."""

    def __init__(self, robot: str, shown: Shown, messages: dict[str, Message]) -> None:
        self._robot = robot
        self._shown = shown
        self._messages = messages
        self._seen: dict[str, dict[str, Any]] = {}
        self.cards: dict[str, dict[str, str]] = {}
        """Variables of every card, by `outTrackId`."""
        self.updates: list[tuple[str, dict[str, str]]] = []
        self.registered: dict[str, str] = {}
        """Route keys of HTTP mode and their addresses."""
        self.illegal_spaces: set[str] = set()
        """Nobody sees a card there, though the answer says success."""
        self.published = True

    def create(self, body: dict[str, Any]) -> Answer:
        """`createAndDeliver`."""
        out_track_id = body.get("outTrackId", "")
        if body.get("cardTemplateId") != TEMPLATE:
            return problem("param.templateNotExist")
        if not self.published:
            return problem("param.templateUnpublished")
        if out_track_id in self.cards:
            return problem("param.cardAlreadyExist")
        params = body["cardData"]["cardParamMap"]
        if not _well_formed(params):
            return problem("param.cardDataInvalid")
        self.cards[out_track_id] = params
        kind, _, space = body["openSpaceId"].removeprefix("dtv1.card//").partition(".")
        deliver = body.get("imGroupOpenDeliverModel" if kind == "IM_GROUP" else "imRobotOpenDeliverModel", {})
        seen = space not in self.illegal_spaces and deliver.get("robotCode") == self._robot
        if seen:
            seen_as = self._seen[out_track_id] = as_body(params)
            self._shown(space if kind == "IM_GROUP" else f"user:{space}", seen_as, "card")
        carrier = uuid4().hex
        if seen:
            self._messages[carrier] = Message(space) if kind == "IM_GROUP" else Message(None, (space,))
        told = {"carrierId": carrier} if seen else {"errorMsg": "spaceId is illegal"}
        delivered = {"spaceType": kind, "spaceId": space, "success": seen} | told
        return 200, {"success": True, "result": {"outTrackId": out_track_id, "deliverResults": [delivered]}}

    def update(self, body: dict[str, Any]) -> Answer:
        """Change in place: without options the whole data set is replaced."""
        out_track_id = body.get("outTrackId", "")
        if out_track_id not in self.cards:
            return problem("param.cardNotExist")
        self.cards[out_track_id] = body["cardData"]["cardParamMap"]
        self.updates.append((out_track_id, self.cards[out_track_id]))
        if out_track_id in self._seen:
            self._seen[out_track_id].update(as_body(self.cards[out_track_id]))
        return 200, {"success": True, "result": True}

    def register(self, body: dict[str, Any]) -> Answer:
        """Where button presses go in HTTP mode."""
        self.registered[body["callbackRouteKey"]] = body["callbackUrl"]
        return 200, {"success": True, "result": {"callbackUrl": body["callbackUrl"], "apiSecret": body["apiSecret"]}}


def press(out_track_id: str, button: str, *, user: str, corp: str) -> dict[str, Any]:
    """What the platform sends when somebody presses a button."""
    content = {"cardPrivateData": {"actionIds": [button], "params": {"action": "whatever the client likes"}}}
    return {
        "type": "actionCallback", "outTrackId": out_track_id, "corpId": corp, "userId": user, "userIdType": 1,
        "spaceType": "IM_GROUP", "spaceId": "cidX==", "extension": "{}", "content": json.dumps(content),
    }


def as_body(params: Mapping[str, str]) -> dict[str, Any]:
    """What a reader sees of a card, in the form of a webhook's message."""
    pieces = [params[name] for name in sorted(params) if name.startswith(("text", "button")) and params[name]]
    return {"msgtype": "markdown", "markdown": {"title": params.get("title", ""), "text": "\n\n".join(pieces)}}


def _well_formed(params: object) -> bool:
    return isinstance(params, dict) and all(
        isinstance(value, str) and len(value.encode()) <= MAX_VALUE_BYTES and len(name.encode()) <= 100
        for name, value in params.items()
    )

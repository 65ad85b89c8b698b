"""Sending without a session, through the OpenAPI: into a group, to a person, as a card, a file."""

import json
from dataclasses import dataclass, field
from typing import Any

from adapters.dingtalk.api_answers import TOO_LONG, Answered, old_outcome, refusal_of
from adapters.dingtalk.asking import Asking
from adapters.dingtalk.card_send import CardSender
from adapters.dingtalk.config import DingTalkConfig
from adapters.dingtalk.direct import DirectBatches
from adapters.dingtalk.interactive import Space
from adapters.dingtalk.msgparam import HEADROOM_BYTES, MAX_PARAM_BYTES, as_msg, file_msg
from adapters.dingtalk.persons import Persons
from adapters.dingtalk.render import render
from adapters.dingtalk.values import text_of
from bot.contracts import (
    AdapterHost,
    ConversationKind,
    DeliveryOutcome,
    NotStored,
    OutboundMessage,
    Refused,
    Retry,
    Sent,
)

GROUP_PATH = "/v1.0/robot/groupMessages/send"
DIRECT_PATH = "/v1.0/robot/oToMessages/batchSend"
NO_PERSON = "no_person"


@dataclass(slots=True, kw_only=True)
class ApiSender:
    """Sends for one application."""

    config: DingTalkConfig
    asking: Asking
    persons: Persons
    cards: CardSender
    _batches: DirectBatches = field(init=False)

    def __post_init__(self) -> None:
        self._batches = DirectBatches(self._to_persons)

    async def send(self, message: OutboundMessage, host: AdapterHost) -> DeliveryOutcome:
        """Deliver one message, as an interactive card where its buttons deserve one."""
        try:
            space = await self._space(message, host)
            if isinstance(space, Refused):
                return space
            outcome = await self.cards.send(message, space, host=host) if self.cards.wants(message) else None
        except NotStored as error:
            return Retry(f"the store does not answer: {error}")
        return outcome or await self._as_text(message, space, host=host)

    async def change(self, message: OutboundMessage, ref: str, host: AdapterHost) -> DeliveryOutcome:
        """Change a card that was sent."""
        try:
            return await self.cards.change(message, ref, host=host)
        except NotStored as error:
            return Retry(f"the store does not answer: {error}")

    async def send_file(
        self, message: OutboundMessage, host: AdapterHost, *, name: str, content: bytes
    ) -> DeliveryOutcome:
        """A file, as a message of its own behind the message that names it."""
        try:
            space = await self._space(message, host)
        except NotStored as error:
            return Retry(f"the store does not answer: {error}")
        if isinstance(space, Refused):
            return space
        uploaded = await self.asking.upload(host, name, content)
        if not isinstance(uploaded, Answered):
            return uploaded
        media = text_of(uploaded.body.get("media_id"), 500)
        if not media:
            return old_outcome(uploaded)
        key, param = file_msg(media, name)
        return await self._post(space, key=key, param=param, host=host)

    async def _space(self, message: OutboundMessage, host: AdapterHost) -> Space | Refused:
        place = message.conversation
        if place.kind is not ConversationKind.DIRECT:
            return Space(place.kind, place.external_id)
        person = await self.persons.of(place.external_id, host.state(self.config.name))
        if person is None:
            return Refused("nobody of the organisation has written in this conversation; somebody has to write first",
                           NO_PERSON, route_gone=True)
        return Space(place.kind, person)

    async def _as_text(self, message: OutboundMessage, space: Space, *, host: AdapterHost) -> DeliveryOutcome:
        """Text, markdown, or markdown with links; what the platform finds too long goes once more, smaller."""
        unmentioned = message.model_copy(update={"mention": ()})  # the OpenAPI mentions nobody
        outcome: DeliveryOutcome = Refused("nothing was tried")
        limit = min(self.config.max_bytes, MAX_PARAM_BYTES - HEADROOM_BYTES)
        for size in (limit, limit // 2):
            key, param = as_msg(json.loads(render(unmentioned, size)))
            outcome = await self._post(space, key=key, param=param, host=host)
            if not isinstance(outcome, Refused) or outcome.code != TOO_LONG:
                break
        return outcome

    async def _post(self, space: Space, *, key: str, param: str, host: AdapterHost) -> DeliveryOutcome:
        if space.kind is ConversationKind.DIRECT:
            return await self._batches.send(host, space.id, key=key, param=param)
        answered = await self.asking.call(host, GROUP_PATH, self._body(key, param) | {"openConversationId": space.id})
        if not isinstance(answered, Answered):
            return answered
        if not answered.is_done:
            return refusal_of(answered)
        return Sent(text_of(answered.body.get("processQueryKey"), 500) or None)

    async def _to_persons(
        self, host: AdapterHost, persons: list[str], key: str, param: str
    ) -> Answered | DeliveryOutcome:
        return await self.asking.call(host, DIRECT_PATH, self._body(key, param) | {"userIds": persons})

    def _body(self, key: str, param: str) -> dict[str, Any]:
        return {"robotCode": self.config.robot_code, "msgKey": key, "msgParam": param}


def is_unreachable(outcome: DeliveryOutcome) -> bool:
    """True when only a session can reach the conversation: nobody of ours is known to be there."""
    return isinstance(outcome, Refused) and outcome.code == NO_PERSON

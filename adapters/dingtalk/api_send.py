"""Sending without a session: into a group, to a person, as an interactive card; each through the OpenAPI."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from adapters.dingtalk.api_answers import (
    CARD_EXISTS,
    CARD_GONE,
    TOO_LONG,
    Answered,
    refusal_of,
    spoils_cards_only,
)
from adapters.dingtalk.config import DingTalkConfig
from adapters.dingtalk.direct import DirectBatches
from adapters.dingtalk.interactive import (
    KEEP,
    Kept,
    Space,
    create_body,
    kept_from,
    kept_of,
    pressable,
    state_key,
    update_body,
    was_delivered,
)
from adapters.dingtalk.msgparam import HEADROOM_BYTES, MAX_PARAM_BYTES, as_msg
from adapters.dingtalk.openapi import NoAnswer, NoConnection, OpenApi
from adapters.dingtalk.persons import Persons
from adapters.dingtalk.render import render
from adapters.dingtalk.tokens import NoToken
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
    Uncertain,
)

log = logging.getLogger(__name__)

GROUP_PATH = "/v1.0/robot/groupMessages/send"
DIRECT_PATH = "/v1.0/robot/oToMessages/batchSend"
CREATE_PATH = "/v1.0/card/instances/createAndDeliver"
UPDATE_PATH = "/v1.0/card/instances"
NO_PERSON = "no_person"
REFUSED_CREDENTIALS_WAIT = timedelta(minutes=1)


@dataclass(slots=True)
class ApiSender:
    """Sends for one application."""

    config: DingTalkConfig
    api: OpenApi
    persons: Persons
    callback: str
    """How buttons come back: `STREAM`, or the route key of our webhook."""
    problems: dict[str, str] = field(default_factory=dict)
    _batches: DirectBatches = field(init=False)

    def __post_init__(self) -> None:
        self._batches = DirectBatches(self._to_persons)

    async def send(self, message: OutboundMessage, host: AdapterHost) -> DeliveryOutcome:
        """Deliver one message, as an interactive card where its buttons deserve one."""
        try:
            space = await self._space(message, host)
            if isinstance(space, Refused):
                return space
            outcome = await self._as_card(message, space, host) if self.shows_card(message) else None
        except NotStored as error:
            return Retry(f"the store does not answer: {error}")
        return outcome or await self._as_text(message, space, host)

    def shows_card(self, message: OutboundMessage) -> bool:
        """Whether a message becomes an interactive card: alerts with buttons, answers only when so configured."""
        if self.config.card_template_id is None or not pressable(message):
            return False
        return self.config.interactive == "all" or message.in_reply_to is None

    async def _space(self, message: OutboundMessage, host: AdapterHost) -> Space | Refused:
        place = message.conversation
        if place.kind is not ConversationKind.DIRECT:
            return Space(place.kind, place.external_id)
        person = await self.persons.of(place.external_id, host.state(self.config.name))
        if person is None:
            return Refused("nobody of the organisation has written in this conversation; somebody has to write first",
                           NO_PERSON, route_gone=True)
        return Space(place.kind, person)

    # ---- as text, markdown or links ----

    async def _as_text(self, message: OutboundMessage, space: Space, host: AdapterHost) -> DeliveryOutcome:
        limit = min(self.config.max_bytes, MAX_PARAM_BYTES - HEADROOM_BYTES)
        outcome = await self._once(message, space, host, limit=limit)
        if isinstance(outcome, Refused) and outcome.code == TOO_LONG:
            outcome = await self._once(message, space, host, limit=limit // 2)
        return outcome

    async def _once(
        self, message: OutboundMessage, space: Space, host: AdapterHost, *, limit: int
    ) -> DeliveryOutcome:
        unmentioned = message.model_copy(update={"mention": ()})  # the OpenAPI mentions nobody
        key, param = as_msg(json.loads(render(unmentioned, limit)))
        if space.kind is ConversationKind.DIRECT:
            return await self._batches.send(host, space.id, key=key, param=param)
        body = self._body(key, param) | {"openConversationId": space.id}
        answered = await self._called(host, GROUP_PATH, body)
        if not isinstance(answered, Answered):
            return answered
        return _sent(answered) if answered.is_done else refusal_of(answered)

    async def _to_persons(
        self, host: AdapterHost, persons: list[str], key: str, param: str
    ) -> Answered | DeliveryOutcome:
        return await self._called(host, DIRECT_PATH, self._body(key, param) | {"userIds": persons})

    def _body(self, key: str, param: str) -> dict[str, Any]:
        return {"robotCode": self.config.robot_code, "msgKey": key, "msgParam": param}

    # ---- as a card ----

    async def _as_card(self, message: OutboundMessage, space: Space, host: AdapterHost) -> DeliveryOutcome | None:
        """None when it has to go another way."""
        if message.replaces is not None and (outcome := await self._change(message, message.replaces, host)):
            return outcome
        state, key = host.state(self.config.name), state_key(message.message_id)
        if message.attempt > 1 and (before := await state.get(key)) and kept_from(before).undelivered:
            return None
        await self._keep(message.message_id, kept_of(message), host)  # before anybody can press
        assert self.config.card_template_id is not None
        body = create_body(message, space, template=self.config.card_template_id,
                           robot=self.config.robot_code or "", callback=self.callback)
        answered = await self._called(host, CREATE_PATH, body)
        if not isinstance(answered, Answered):
            return answered
        if answered.code == CARD_EXISTS or (answered.is_done and was_delivered(answered.body)):
            self.problems.pop("cards", None)
            return Sent(message.message_id)
        return await self._not_shown(answered, message, host)

    async def _not_shown(
        self, answered: Answered, message: OutboundMessage, host: AdapterHost
    ) -> DeliveryOutcome | None:
        """A card nobody sees, or none at all: the message goes as text, and an operator hears why."""
        if not spoils_cards_only(answered):
            return refusal_of(answered)
        self.problems["cards"] = f"interactive cards cannot be shown ({answered.code or 'not delivered'})"
        log.error("dingtalk %s: %s", self.config.name, self.problems["cards"])
        unseen = replace(kept_of(message), undelivered=True)
        await self._keep(message.message_id, unseen, host)
        return None

    async def _change(self, message: OutboundMessage, out_track_id: str, host: AdapterHost) -> DeliveryOutcome | None:
        """Change the card in place; None when there is none to change."""
        await self._keep(out_track_id, kept_of(message), host)
        answered = await self._called(host, UPDATE_PATH, update_body(message, out_track_id), method="PUT")
        if not isinstance(answered, Answered):
            return answered
        if answered.is_done:
            return Sent(out_track_id)
        return None if answered.code == CARD_GONE else refusal_of(answered)

    async def _keep(self, out_track_id: str, kept: Kept, host: AdapterHost) -> None:
        state = host.state(self.config.name)
        await state.put(state_key(out_track_id), kept.to_json(), until=host.now() + KEEP)

    # ---- one call ----

    async def _called(
        self, host: AdapterHost, path: str, body: Mapping[str, Any], *, method: str = "POST"
    ) -> Answered | DeliveryOutcome:
        try:
            return await self.api.call(host, path, body, method=method)
        except NoToken as error:
            wait = REFUSED_CREDENTIALS_WAIT if error.refused else None
            if error.refused:
                self.problems["credentials"] = f"{error}; check client_id and client_secret"
            return Retry(str(error), "no_token", after=wait)
        except NoConnection as error:
            return Retry(str(error))
        except NoAnswer as error:
            return Uncertain(str(error))


def _sent(answered: Answered) -> Sent:
    return Sent(text_of(answered.body.get("processQueryKey"), 500) or None)


def is_unreachable(outcome: DeliveryOutcome) -> bool:
    """True when only a session can reach the conversation: nobody of ours is known to be there."""
    return isinstance(outcome, Refused) and outcome.code == NO_PERSON

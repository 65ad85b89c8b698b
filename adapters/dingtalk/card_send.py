"""Sending a message as an interactive card, and changing in place a card that was sent."""

import logging
from dataclasses import replace

from adapters.dingtalk.api_answers import CARD_EXISTS, Answered, refusal_of, spoils_cards_only
from adapters.dingtalk.asking import Asking
from adapters.dingtalk.cardref import card_ref, out_track_id
from adapters.dingtalk.config import DingTalkConfig
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
from bot.contracts import AdapterHost, DeliveryOutcome, OutboundMessage, Refused, Sent

log = logging.getLogger(__name__)

CREATE_PATH = "/v1.0/card/instances/createAndDeliver"
UPDATE_PATH = "/v1.0/card/instances"


class CardSender:
    """Sends cards of one instance; what a card cannot do is left to text."""

    def __init__(self, config: DingTalkConfig, asking: Asking, *, callback: str) -> None:
        self._config = config
        self._asking = asking
        self._callback = callback
        """How buttons come back: `STREAM`, or the route key of our webhook."""

    def wants(self, message: OutboundMessage) -> bool:
        """Whether a message becomes an interactive card: alerts with buttons, answers only when so configured."""
        if self._config.card_template_id is None or not pressable(message):
            return False
        return self._config.interactive == "all" or message.in_reply_to is None

    async def send(self, message: OutboundMessage, space: Space, *, host: AdapterHost) -> DeliveryOutcome | None:
        """Show the message; None when it has to go another way. Raises `NotStored`."""
        if message.attempt > 1 and await self._nobody_saw(message, host):
            return None
        await self._keep(message.message_id, kept_of(message), host=host)  # before anybody can press
        assert self._config.card_template_id is not None
        body = create_body(message, space, template=self._config.card_template_id,
                           robot=self._config.robot_code or "", callback=self._callback)
        answered = await self._asking.call(host, CREATE_PATH, body)
        if not isinstance(answered, Answered):
            return answered
        if answered.code == CARD_EXISTS or (answered.is_done and was_delivered(answered.body)):
            self._asking.problems.pop("cards", None)
            return Sent(card_ref(message.message_id, answered.body), editable=True)
        return await self._not_shown(answered, message, host=host)

    async def change(self, message: OutboundMessage, ref: str, *, host: AdapterHost) -> DeliveryOutcome:
        """Change the card of that name in place, and what its buttons say; no card, nothing is shown. `NotStored`."""
        card = out_track_id(ref)
        answered = await self._asking.call(host, UPDATE_PATH, update_body(message, card), method="PUT")
        if not isinstance(answered, Answered):
            return answered
        if answered.is_done:
            await self._keep(card, kept_of(message), host=host)  # until now the old buttons stood there
            return Sent(ref, editable=True)
        if spoils_cards_only(answered):
            return Refused("the card is not there any more, or cannot be changed", answered.code)
        return refusal_of(answered)

    async def _not_shown(
        self, answered: Answered, message: OutboundMessage, *, host: AdapterHost
    ) -> DeliveryOutcome | None:
        """A card nobody sees, or none at all: the message goes as text, and an operator hears why."""
        if not spoils_cards_only(answered):
            return refusal_of(answered)
        problem = f"interactive cards cannot be shown ({answered.code or 'not delivered'})"
        self._asking.problems["cards"] = problem
        log.error("dingtalk %s: %s", self._config.name, problem)
        await self._keep(message.message_id, replace(kept_of(message), undelivered=True), host=host)
        return None

    async def _nobody_saw(self, message: OutboundMessage, host: AdapterHost) -> bool:
        before = await host.state(self._config.name).get(state_key(message.message_id))
        return before is not None and kept_from(before).undelivered

    async def _keep(self, card: str, kept: Kept, *, host: AdapterHost) -> None:
        state = host.state(self._config.name)
        await state.put(state_key(card), kept.to_json(), until=host.now() + KEEP)

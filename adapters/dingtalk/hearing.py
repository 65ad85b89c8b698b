"""What comes over Stream: each frame taken to the inbox, and only then acknowledged."""

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.dingtalk.codec import Robot, decode
from adapters.dingtalk.frames import CALLBACK, CARDS, EVENT, FAILED, MESSAGES, NO_HANDLER, TAKEN, Frame, ack
from adapters.dingtalk.intake import Intake
from adapters.dingtalk.ordered import Ordered
from adapters.dingtalk.ours import is_ours
from adapters.dingtalk.presses import Presses
from adapters.dingtalk.values import BadPayload
from bot.contracts import NotStored

log = logging.getLogger(__name__)

@dataclass(slots=True)
class Hearing:
    """Answers frames for one robot; messages of one conversation reach the inbox in the order they came in."""

    robot: Robot
    presses: Presses
    counts: Counter[str] = field(default_factory=Counter)
    _order: Ordered = field(default_factory=Ordered)

    async def answer(self, frame: Frame, intake: Intake) -> str:
        """The acknowledgement of a frame; what was not stored is not taken, so that it comes again."""
        if frame.kind == EVENT:
            return ack(frame, data=TAKEN)  # none is subscribed to, and they cost quota
        if frame.kind != CALLBACK or frame.topic not in (MESSAGES, CARDS):
            self.counts["no_handler"] += 1
            return ack(frame, NO_HANDLER)
        try:
            payload = frame.payload()
            if frame.topic == CARDS:
                return ack(frame, data=await self.presses.by_stream(payload, intake, delivery=frame.message_id))
            await self._message(payload, intake)
        except BadPayload as error:
            self.counts["unreadable"] += 1
            log.warning("dingtalk %s: a Stream message cannot be read: %s", self.robot.adapter, error)
            return ack(frame, FAILED)
        except NotStored:
            self.counts["not_stored"] += 1
            return ack(frame, FAILED)
        return ack(frame)

    async def _message(self, payload: Mapping[str, Any], intake: Intake) -> None:
        if not is_ours(payload, self.robot):
            log.warning("dingtalk %s: a message for another robot or organisation", self.robot.adapter)
            self.counts["not_ours"] += 1
            return
        decoded = decode(payload, self.robot, intake.now())
        if decoded.route_refused:
            self.counts["routes_refused"] += 1
            log.warning("dingtalk %s: a sessionWebhook outside the allowed hosts was dropped", self.robot.adapter)
        async with self._order.turn(decoded.message.conversation.external_id):
            receipt = await intake.receive(decoded.message)
        self.counts["duplicates" if receipt.duplicate else "stored"] += 1

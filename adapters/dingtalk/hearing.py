"""What comes over Stream: each frame taken to the inbox, and only then acknowledged."""

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.dingtalk.codec import Robot, decode
from adapters.dingtalk.frames import CALLBACK, CARDS, EVENT, FAILED, MESSAGES, NO_HANDLER, TAKEN, Frame, Reply, ack
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

    async def answer(self, frame: Frame, intake: Intake) -> Reply:
        """The acknowledgement of a frame; what was not stored is not taken, so that it comes again."""
        if frame.kind == EVENT:
            return Reply(ack(frame, data=TAKEN))  # none is subscribed to, and they cost quota
        if frame.kind != CALLBACK or frame.topic not in (MESSAGES, CARDS):
            self.counts["no_handler"] += 1
            return Reply(ack(frame, NO_HANDLER))
        try:
            payload = frame.payload()
            if frame.topic == CARDS:
                data, heard = await self.presses.by_stream(payload, intake, delivery=frame.message_id)
                return Reply(ack(frame, data=data), heard)
            await self._message(payload, intake)
        except BadPayload as error:
            self.counts["unreadable"] += 1
            log.warning("dingtalk %s: a Stream message cannot be read: %s", self.robot.adapter, error)
            return Reply(ack(frame, FAILED))
        except NotStored:
            self.counts["not_stored"] += 1
            return Reply(ack(frame, FAILED))
        return Reply(ack(frame))

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

"""The ways out, one after the other: session while it lives, the group's custom robot, the OpenAPI."""

from adapters.dingtalk.api_send import ApiSender, is_unreachable
from adapters.dingtalk.budget import MESSAGES, Budget
from adapters.dingtalk.codec import ROBOT
from adapters.dingtalk.send import Sender
from adapters.dingtalk.ways import RobotWay, Ways
from bot.contracts import AdapterHost, DeliveryOutcome, OutboundMessage, Refused


class Delivery:
    """Sends each message the cheapest way that shows it as it should be shown."""

    def __init__(self, sender: Sender, ways: Ways, api: ApiSender | None, budget: Budget) -> None:
        self._sender = sender
        self._ways = ways
        self._api = api
        self._budget = budget

    async def send(self, message: OutboundMessage, host: AdapterHost) -> DeliveryOutcome:
        """Deliver one message."""
        way = self._ways.find(message, host.now())
        if isinstance(way, RobotWay):
            self._budget.count(MESSAGES, host.now())  # a session's messages are not metered, a custom robot's are
        robot_only = isinstance(way, RobotWay) or message.conversation.external_id.startswith(ROBOT)
        if self._api is None or robot_only:
            return await self._sender.send(message, host)
        if self._api.shows_card(message):
            outcome = await self._api.send(message, host)
            if not is_unreachable(outcome):
                return outcome
        outcome = await self._sender.send(message, host)
        if isinstance(outcome, Refused) and outcome.route_gone:
            outcome = await self._api.send(message, host)
        return outcome

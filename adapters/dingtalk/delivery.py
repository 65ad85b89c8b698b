"""The ways out, one after the other: session while it lives, the group's custom robot, the OpenAPI; then the files."""

from adapters.dingtalk.answers import OVER_BUDGET
from adapters.dingtalk.api_send import ApiSender, is_unreachable
from adapters.dingtalk.budget import MESSAGES, Budget
from adapters.dingtalk.codec import ROBOT
from adapters.dingtalk.enclosed import Enclosed, files_of
from adapters.dingtalk.send import Sender
from adapters.dingtalk.ways import RobotWay, Session, Ways
from bot.contracts import AdapterHost, DeliveryOutcome, OutboundMessage, Refused, Sent


class Delivery:
    """Sends each message the cheapest way that shows it as it should be shown."""

    def __init__(self, sender: Sender, *, ways: Ways, api: ApiSender | None, budget: Budget) -> None:
        self._sender = sender
        self._ways = ways
        self._api = api
        self._enclosed = Enclosed(api, api.config.name) if api is not None else None
        self._budget = budget

    async def send(self, message: OutboundMessage, host: AdapterHost) -> DeliveryOutcome:
        """Deliver one message, or the change of one that was sent as a card."""
        if message.replaces is not None:
            if self._api is None:
                return Refused("only an application's cards can be changed", "no_card")
            return await self._api.change(message, message.replaces, host)
        way = self._ways.find(message, host.now())
        if isinstance(way, RobotWay):
            return await self._by_robot(message, way, host)
        to_robot = message.conversation.external_id.startswith(ROBOT)
        if to_robot or self._api is None or self._enclosed is None:
            return await self._sender.send(message, way, host)
        if not files_of(message):
            return await self._text(message, way, self._api, host)
        arrived = await self._enclosed.arrived(message, host)
        outcome = Sent() if arrived else await self._text(message, way, self._api, host)
        if not isinstance(outcome, Sent):
            return outcome
        return await self._enclosed.send(message, host, arrived=arrived, text=outcome)

    async def _by_robot(self, message: OutboundMessage, way: RobotWay, host: AdapterHost) -> DeliveryOutcome:
        """A session's messages are not metered, a custom robot's are."""
        now = host.now()
        if self._budget.rests(MESSAGES, now):
            return OVER_BUDGET
        self._budget.count(MESSAGES, now)
        outcome = await self._sender.send(message, way, host)
        self._budget.told(MESSAGES, now, gone=outcome is OVER_BUDGET)
        return outcome

    async def _text(
        self, message: OutboundMessage, way: Session | Refused, api: ApiSender, host: AdapterHost
    ) -> DeliveryOutcome:
        if api.cards.wants(message):
            outcome = await api.send(message, host)
            if not is_unreachable(outcome) and outcome is not OVER_BUDGET:
                return outcome  # else a session may still take it
        outcome = await self._sender.send(message, way, host)
        if isinstance(outcome, Refused) and outcome.route_gone:
            outcome = await api.send(message, host)
        return outcome

"""The core as the ways in see it: what passes is counted against the month, and who writes directly is remembered."""

from dataclasses import dataclass
from datetime import datetime

from adapters.dingtalk.budget import MESSAGES, Budget
from adapters.dingtalk.persons import Persons
from bot.contracts import AdapterHost, AdapterState, InboundMessage, MessageKind, Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Where received messages go."""

    host: AdapterHost
    adapter: str
    persons: Persons
    budget: Budget

    def now(self) -> datetime:
        """The service's clock."""
        return self.host.now()

    @property
    def state(self) -> AdapterState:
        """What this instance keeps."""
        return self.host.state(self.adapter)

    async def receive(self, message: InboundMessage) -> Receipt:
        """Store a message, and whom a direct conversation is held with. Raises `NotStored`."""
        now = self.host.now()
        self.budget.count(MESSAGES, now)
        self.budget.told(MESSAGES, now, gone=message.kind is MessageKind.NOTICE)
        receipt = await self.host.receive(message)
        await self.persons.note(message, self.host)
        return receipt

"""The core as the ways in see it: what passes is counted against the month, and who writes directly is remembered."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import ClientSession

from adapters.dingtalk.budget import MESSAGES, Budget
from adapters.dingtalk.persons import Persons
from bot.contracts import AdapterHost, AdapterState, InboundMessage, Receipt


@dataclass(frozen=True, slots=True)
class WatchedHost:
    """An `AdapterHost` around the real one."""

    host: AdapterHost
    adapter: str
    persons: Persons
    budget: Budget

    @property
    def session(self) -> ClientSession:
        """See `AdapterHost`."""
        return self.host.session

    @property
    def public_url(self) -> str:
        """See `AdapterHost`."""
        return self.host.public_url

    def now(self) -> datetime:
        """See `AdapterHost`."""
        return self.host.now()

    def state(self, adapter: str) -> AdapterState:
        """See `AdapterHost`."""
        return self.host.state(adapter)

    async def receive(self, message: InboundMessage) -> Receipt:
        """Store it, and keep whom a direct conversation is held with."""
        self.budget.count(MESSAGES, self.host.now())
        receipt = await self.host.receive(message)
        await self.persons.note(message, self.host.state(self.adapter))
        return receipt

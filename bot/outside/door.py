"""Asks the configured services one after the other, within their budgets, and leaves alone the ones that fail."""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from aiohttp import ClientSession

from bot.clock import Clock
from bot.contracts import Health
from bot.outside.breaker import Breaker
from bot.outside.budget import Budget
from bot.outside.proposal import Proposal
from bot.outside.wire import NoAnswer, new_session
from bot.store import Store, StoreError

log = logging.getLogger(__name__)

LONGEST_TEXT: Final = 1_000
"""Characters; who writes more is asked back, not sent outside."""
AT_ONCE: Final = 4
"""Questions on their way; above that nobody waits for a turn."""


@dataclass(frozen=True, slots=True)
class Question:
    """One message as a service is asked about it."""

    text: str
    names: tuple[str, ...]
    now: datetime
    """With the zone of the person who wrote, in which days are meant."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A question made ready for one service: how many characters are sent, and how to put it."""

    characters: int
    ask: Callable[[], Awaitable[Proposal | None]]


@dataclass(frozen=True, slots=True)
class Service:
    """One service that may be asked."""

    name: str
    prepare: Callable[[Question], Ready]
    budget: Budget
    breaker: Breaker = field(default_factory=Breaker)


class OutsideDoor:
    """Implements `bot.outside.proposal.Door`."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._services: list[Service] = []
        self._session: ClientSession | None = None
        self._on_their_way = 0
        self._over_budget: dict[str, str] = {}
        self.counts: dict[str, Counter[str]] = {}
        """By service: proposed, nothing, failed, over_budget, left_alone, busy."""

    def add(self, service: Service) -> None:
        """Ask this one too, after those added before."""
        self._services.append(service)
        self.counts[service.name] = Counter()

    def session(self) -> ClientSession:
        """The connections, made with the first question."""
        if self._session is None or self._session.closed:
            self._session = new_session()
        return self._session

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    async def propose(self, text: str, *, names: Sequence[str], now: datetime) -> Proposal | None:
        """See `Door`."""
        if len(text) > LONGEST_TEXT:
            return None
        question = Question(text, tuple(names), now)
        for service in self._services:
            if self._on_their_way >= AT_ONCE:
                self.counts[service.name]["busy"] += 1
                return None
            self._on_their_way += 1
            try:
                proposal = await self._asked(service, question)
            finally:
                self._on_their_way -= 1
            if proposal is not None:
                return proposal
        return None

    async def _asked(self, service: Service, question: Question) -> Proposal | None:
        """One service's proposal; whatever goes wrong is counted, logged and no trouble of who asked."""
        breaker, counts = service.breaker, self.counts[service.name]
        if not breaker.lets_through(self._clock.now()):
            counts["left_alone"] += 1
            return None
        try:
            ready = service.prepare(question)
            if not await self._may_spend(service, ready.characters):
                counts["over_budget"] += 1
                breaker.let_go()
                return None
            proposal = await ready.ask()
        except NoAnswer as error:
            self._failed(service, str(error), pause=error.pause, at_once=error.ours)
            return None
        except Exception as error:  # noqa: BLE001 - hostile output must not keep a person from the ordinary answer
            self._failed(service, f"an answer broke us: {type(error).__name__}")
            return None
        except BaseException:  # cancelled while the service stops: nothing was learned of it
            breaker.let_go()
            raise
        breaker.well()
        counts["nothing" if proposal is None else "proposed"] += 1
        return proposal

    async def _may_spend(self, service: Service, characters: int) -> bool:
        now = self._clock.now()
        try:
            may = await self._store.write(lambda conn: service.budget.spend(conn, characters, now))
        except StoreError:
            return False
        if may:
            self._over_budget.pop(service.name, None)
        else:
            self._over_budget[service.name] = f"{now:%Y-%m}"
        return may

    def _failed(self, service: Service, why: str, *, pause: float = 0.0, at_once: bool = False) -> None:
        self.counts[service.name]["failed"] += 1
        service.breaker.failed(why, self._clock.now(), pause=pause, at_once=at_once)
        log.warning("outside %s: %s", service.name, why)

    def health(self) -> Mapping[str, Health]:
        """How each service stands, by name."""
        return {service.name: self._health(service) for service in self._services}

    def _health(self, service: Service) -> Health:
        now = self._clock.now()
        figures = {name: float(count) for name, count in self.counts[service.name].items()}
        if service.breaker.is_closed(now):
            return Health(False, "left alone", f"left alone for a while: {service.breaker.reason}", figures)
        if self._over_budget.get(service.name) == f"{now:%Y-%m}":
            return Health(False, "over budget", "the budget of this month is used up", figures)
        return Health(True, figures=figures)

"""One message out: in private or through its workspace's token, and what the answer means."""

import logging
from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adapters.slack.answers import is_about_token, outcome_of, outcome_of_route
from adapters.slack.api import Failure, Refusal
from adapters.slack.attempt import Attempt, Tools
from adapters.slack.hooks import answer_privately
from adapters.slack.ids import Place, place_of
from adapters.slack.render import render
from adapters.slack.routes import Origin, own_route
from adapters.slack.tokens import Tokens
from bot.contracts import DeliveryOutcome, NotStored, OutboundMessage, Refused, Retry, Sent

log = logging.getLogger(__name__)

MAX_REMEMBERED = 10_000


@dataclass(slots=True)
class Sender:
    """Sends for one instance, and remembers which channels rest and what an operator has to mend."""

    tokens: Tokens
    hooks: frozenset[Origin]
    tools: Tools
    counts: Counter[str] = field(default_factory=Counter)
    problems: dict[str, str] = field(default_factory=dict)
    """What a person has to mend, by workspace, until something is sent there again or the app is installed anew."""
    _rests: OrderedDict[tuple[str, str], datetime] = field(default_factory=OrderedDict)

    async def send(self, message: OutboundMessage) -> DeliveryOutcome:
        """Deliver one message."""
        outcome = await self._send(message)
        self.counts[type(outcome).__name__.lower()] += 1
        return outcome

    async def _send(self, message: OutboundMessage) -> DeliveryOutcome:
        place = place_of(message.conversation.external_id)
        if place is None:
            return Refused("the conversation's name is none of this adapter's", "no_place", destination_broken=True)
        route = own_route(message, self.hooks)
        if route is not None and not any(card.files for card in message.cards):  # that way knows no files
            try:
                await answer_privately(self.tools.host.session, route, render(message, self.tools.max_bytes))
            except Failure as failure:
                return outcome_of_route(failure)
            return Sent()
        rest = self._rest(place)
        if rest is not None:
            return Retry("the channel rests after too many messages", "ratelimited", after=rest)
        return await self._by_token(message, place)

    async def _by_token(self, message: OutboundMessage, place: Place) -> DeliveryOutcome:
        try:
            token = await self.tokens.of(place.team)
        except NotStored as error:
            return Retry(f"the token cannot be looked up: {error}")
        if token is None:
            return self._waits(place.team, "the app is not installed there: open its install page")
        try:
            found = await Attempt(self.tools, message, place, token).deliver()
        except NotStored as error:
            return Retry(f"its files cannot be had: {error}")
        except Failure as failure:
            return self._failed(place, failure)
        self.problems.pop(place.team, None)
        return found

    def _failed(self, place: Place, failure: Failure) -> DeliveryOutcome:
        outcome = outcome_of(failure)
        if isinstance(outcome, Retry) and isinstance(failure, Refusal) and failure.after is not None:
            self._rests[(place.team, place.channel)] = self.tools.host.now() + failure.after
            if len(self._rests) > MAX_REMEMBERED:
                self._rests.popitem(last=False)
        if isinstance(outcome, Retry) and is_about_token(failure):
            self.tokens.doubt(place.team)
            return self._waits(place.team, outcome.reason)
        return outcome

    def _waits(self, team: str, why: str) -> DeliveryOutcome:
        """A person has to mend the workspace; what is meant for it waits, as in an outage."""
        if self.problems.get(team) != why:
            log.error("slack %s: %s", team, why)
        self.problems[team] = why
        return Retry(f"workspace {team}: {why}")

    def _rest(self, place: Place) -> timedelta | None:
        """How long a channel, with all its threads, still has to be left alone."""
        now = self.tools.host.now()
        until = self._rests.get((place.team, place.channel))
        if until is None or until <= now:
            self._rests.pop((place.team, place.channel), None)
            return None
        return until - now

"""What an outcome means for a message: sent, tried again at a time, or dead with a reason. A pure table."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from bot.contracts import DeliveryOutcome, Refused, Retry, Sent, Uncertain
from bot.outbox.message import MessageClass
from bot.retry import next_wait

MAX_ATTEMPTS = 12
MAX_AGE = {
    MessageClass.REPLY: timedelta(minutes=5),
    MessageClass.CONFIRMATION: timedelta(minutes=5),
    MessageClass.ALERT: timedelta(hours=6),
    MessageClass.DIGEST: timedelta(hours=12),
    MessageClass.SURVEY: timedelta(hours=12),
}
"""Measured in time the service ran, for replies: a question is answered after a downtime too."""
_ONE_RETRY_WHEN_UNCERTAIN = (MessageClass.REPLY, MessageClass.CONFIRMATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a message when an attempt at it ends."""

    message_class: int
    attempts: int
    """This one included."""
    uncertain: int
    """Earlier attempts that may have arrived."""
    backoff: float
    age: timedelta
    idempotent: bool
    """The channel drops a second copy."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """It is there."""

    provider_ref: str | None


@dataclass(frozen=True, slots=True)
class Again:
    """Try once more."""

    at: datetime
    backoff: float
    uncertain: bool = False
    without_route: bool = False


@dataclass(frozen=True, slots=True)
class Dead:
    """No further try."""

    reason: str


Next = Delivered | Again | Dead


def decide(outcome: DeliveryOutcome, standing: Standing, *, now: datetime, dice: Random, had_route: bool) -> Next:
    """What comes next."""
    if isinstance(outcome, Sent):
        return Delivered(outcome.provider_ref)
    if isinstance(outcome, Refused):
        if outcome.route_gone and had_route:
            return Again(now, standing.backoff, without_route=True)
        return Dead(outcome.reason)
    given_up = _given_up(outcome, standing)
    if given_up:
        return Dead(f"{given_up}; last: {outcome.reason}")
    wait = next_wait(standing.backoff, dice)
    after = outcome.after if isinstance(outcome, Retry) else None
    at = now + max(timedelta(seconds=wait), after or timedelta(0))
    return Again(at, wait, uncertain=isinstance(outcome, Uncertain))


def _given_up(outcome: Retry | Uncertain, standing: Standing) -> str:
    if isinstance(outcome, Uncertain) and not standing.idempotent:
        if standing.message_class == MessageClass.SURVEY:
            return "it may have arrived, and is not worth a second copy"
        if standing.message_class in _ONE_RETRY_WHEN_UNCERTAIN and standing.uncertain >= 1:
            return "it may have arrived twice over"
    limit = outcome.max_tries if isinstance(outcome, Retry) and outcome.max_tries else MAX_ATTEMPTS
    if standing.attempts >= min(limit, MAX_ATTEMPTS):
        return f"{standing.attempts} attempts failed"
    if standing.age > MAX_AGE[MessageClass(standing.message_class)]:
        return "it is too old"
    return ""

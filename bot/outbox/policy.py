"""What an outcome makes of a message: a pure value, chosen from the answer and what is known of the message.

No network, no store, no clock: everything it needs comes in, the verdict goes out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from types import MappingProxyType
from typing import Literal, NamedTuple

from bot.contracts import Capabilities, DeliveryOutcome, Refused, Retry, Sent, Uncertain
from bot.outbox.message import MessageClass
from bot.retry import next_wait

MAX_ATTEMPTS = 12
MAX_ATTEMPTS_OF_PATIENCE = 40
GATEWAY = frozenset({"502", "503", "504"})
"""HTTP codes by which a platform says that it is away."""
MAX_AGE: Mapping[int, timedelta] = MappingProxyType({
    MessageClass.REPLY: timedelta(minutes=5),  # of running service
    MessageClass.CONFIRMATION: timedelta(minutes=5),
    MessageClass.ALERT: timedelta(hours=6),
    MessageClass.DIGEST: timedelta(hours=12),
    MessageClass.SURVEY: timedelta(hours=12),
    MessageClass.EDIT: timedelta(hours=6),
})
MAX_UNCERTAIN: Mapping[int, int] = MappingProxyType({
    MessageClass.REPLY: 1,
    MessageClass.CONFIRMATION: 1,
    MessageClass.ALERT: MAX_ATTEMPTS,
    MessageClass.DIGEST: MAX_ATTEMPTS,
    MessageClass.SURVEY: 0,
    MessageClass.EDIT: MAX_ATTEMPTS,  # twice is as good as once
})
"""How many answers may be uncertain before a message is given up rather than sent yet again."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When a channel gives up; e-mail allows more than a chat."""

    max_attempts: int = MAX_ATTEMPTS
    max_age: Mapping[int, timedelta] = field(default_factory=lambda: MAX_AGE)


def limits_of(capabilities: Capabilities) -> Limits:
    """A patient channel keeps answers for longer; alerts and digests grow stale all the same."""
    if capabilities.patience is None:
        return Limits()
    max_age = dict(MAX_AGE)
    max_age |= {MessageClass.REPLY: capabilities.patience, MessageClass.CONFIRMATION: capabilities.patience}
    return Limits(MAX_ATTEMPTS_OF_PATIENCE, max_age)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the policy must know of a message."""

    message_class: int
    attempts: int
    """Including the one just made, without those nobody answered."""
    uncertain: int
    """Earlier attempts whose answer was uncertain."""
    backoff: float
    """Seconds waited before this attempt, 0 before the first."""
    counted_from: datetime
    """The age counts from here."""
    had_route: bool = False
    """The attempt used a reply route."""
    drops_copies: bool = False
    """The platform itself drops a second copy."""


class Verdict(NamedTuple):
    """What becomes of the message, and of its channel."""

    state: Literal["sent", "ready", "dead"]
    outcome: Literal["sent", "retry", "uncertain", "refused", "lease_expired"]
    available_at: datetime | None = None
    backoff: float = 0.0
    uncertain: int = 0
    resent: bool = False
    """This attempt may have arrived: the next one is marked as sent again."""
    reason: str | None = None
    code: str | None = None
    provider_ref: str | None = None
    editable: bool = False
    close_for: timedelta | None = None
    """The whole adapter instance keeps quiet for this long."""
    slow_for: timedelta | None = None
    """Whatever shares the pace of this message waits for this long."""
    broken: bool = False
    drop_route: bool = False


def decide(
    outcome: DeliveryOutcome, facts: Facts, *, now: datetime, limits: Limits, dice: Random
) -> Verdict:
    """The verdict on an attempt that ended at `now`."""
    match outcome:
        case Sent():
            return arrived(outcome, facts.uncertain)
        case Refused():
            return _refused(outcome, facts, now)
        case Uncertain(reason):
            return _uncertain(reason, facts, now=now, limits=limits, dice=dice)
        case Retry():
            return _retry(outcome, facts, now=now, limits=limits, dice=dice)


def arrived(outcome: Sent, uncertain: int) -> Verdict:
    """The verdict on a message the platform took; nothing else need be known of it."""
    return Verdict(
        state="sent", outcome="sent", uncertain=uncertain, provider_ref=outcome.provider_ref, editable=outcome.editable
    )


def overdue(message_class: int, counted_from: datetime, *, at: datetime, limits: Limits) -> str | None:
    """Why a message is too old to be sent at that instant, None when it is not."""
    allowed = limits.max_age.get(message_class, MAX_AGE[message_class])
    return f"max_age: not sent within {_words(allowed)}" if at - counted_from > allowed else None


def after_crash(message_class: int, *, attempts: int, limits: Limits) -> str | None:
    """Why a message whose sender died is given up; None: it is sent again, marked.

    Nobody knows whether it went out. A person who waits for an answer is better served by a marked second copy than by
    none, so crashes count as attempts and not as uncertain answers; only a survey is never repeated.
    """
    if attempts >= limits.max_attempts:
        return f"given up after {attempts} attempts; the last sender died"
    if MAX_UNCERTAIN[message_class] == 0:
        return "uncertain: its sender died, and this kind of message is never sent twice"
    return None


def _refused(outcome: Refused, facts: Facts, now: datetime) -> Verdict:
    if outcome.route_gone and facts.had_route:  # another way may exist: the adapter decides when it gets no route
        return Verdict(
            state="ready", outcome="refused", available_at=now, backoff=facts.backoff, uncertain=facts.uncertain,
            reason=outcome.reason, code=outcome.code, drop_route=True,
        )
    return Verdict(
        state="dead", outcome="refused", uncertain=facts.uncertain, reason=f"refused: {outcome.reason}",
        code=outcome.code, broken=outcome.destination_broken,
    )


def _uncertain(reason: str, facts: Facts, *, now: datetime, limits: Limits, dice: Random) -> Verdict:
    uncertain = facts.uncertain + 1
    reason = f"uncertain: {reason}"
    allowed = MAX_ATTEMPTS if facts.drops_copies else MAX_UNCERTAIN[facts.message_class]
    if uncertain > allowed:
        return Verdict(state="dead", outcome="uncertain", uncertain=uncertain, reason=reason)
    wait = next_wait(facts.backoff, dice)
    again = Verdict(
        state="ready", outcome="uncertain", available_at=now + timedelta(seconds=wait), backoff=wait,
        uncertain=uncertain, resent=True, reason=reason,
    )
    return _unless_given_up(again, facts, limits=limits, max_attempts=limits.max_attempts)


def _retry(outcome: Retry, facts: Facts, *, now: datetime, limits: Limits, dice: Random) -> Verdict:
    wait = next_wait(facts.backoff, dice)
    quiet = max(filter(None, (outcome.after, outcome.close_channel_for)), default=timedelta(0))
    again = Verdict(
        state="ready", outcome="retry", available_at=now + max(timedelta(seconds=wait), quiet), backoff=wait,
        uncertain=facts.uncertain, reason=outcome.reason, code=outcome.code, close_for=outcome.close_channel_for,
        slow_for=outcome.after,
    )
    # In an outage of the channel its age alone ends a message: who knows how long the platform will be away.
    allowed = facts.attempts + 1 if nobody_answered(outcome) else limits.max_attempts
    most = min(allowed, outcome.max_tries or allowed)
    return _unless_given_up(again, facts, limits=limits, max_attempts=most)


def nobody_answered(outcome: DeliveryOutcome) -> bool:
    """No connection, or a gateway that finds nobody behind it: no fault of the message."""
    return isinstance(outcome, Retry) and (outcome.code is None or outcome.code in GATEWAY)


def _unless_given_up(again: Verdict, facts: Facts, *, limits: Limits, max_attempts: int) -> Verdict:
    assert again.available_at is not None
    why = None
    if facts.attempts >= max_attempts:
        why = f"given up after {facts.attempts} attempts"
    else:
        why = overdue(facts.message_class, facts.counted_from, at=again.available_at, limits=limits)
    if why is None:
        return again
    return again._replace(state="dead", available_at=None, resent=False, reason=f"{why}; last: {again.reason}")


def _words(length: timedelta) -> str:
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    return f"{hours} h" if hours and not minutes else f"{hours * 60 + minutes} min"

"""What became of one attempt to deliver a message: four answers, and nothing else."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took it."""

    provider_ref: str | None = None
    """The platform's own id, when it gives one."""
    editable: bool = False
    """The message can be changed in place later, by one that `replaces` this `provider_ref`."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Not taken, may be taken later: no connection, 5xx, throttling."""

    reason: str
    code: str | None = None
    """The platform's own. None: it cannot be for this message, which waits while its age allows: nobody answered, or a
    person has to mend what all messages need (a token)."""
    after: timedelta | None = None
    """Floor for the next try (Retry-After)."""
    close_channel_for: timedelta | None = None
    """The whole adapter instance must keep quiet for this long."""
    max_tries: int | None = None
    """At most this many tries in all for this answer; None: the outbox's own limit."""


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The request was written and no answer came: it may have arrived."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Refused for good; a second try would be refused again."""

    reason: str
    code: str | None = None
    destination_broken: bool = False
    """Nothing can reach this conversation (or this adapter) until a person mends it."""
    route_gone: bool = False
    """Only the reply route has gone; another way to the same conversation may exist."""


DeliveryOutcome = Sent | Retry | Uncertain | Refused

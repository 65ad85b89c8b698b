"""How long Stream mode waits for what, in seconds."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamPace:
    """Seconds; a test gives its own."""

    first_wait: float = 1.0
    """Before the first new attempt at the most; doubled after each failure."""
    longest_wait: float = 60.0
    credentials_wait: float = 60.0
    """At least, while the credentials are refused: trying often would not help."""
    settled_after: float = 60.0
    """A connection that lasted so long was a good one, even if nobody spoke."""
    drain: float = 10.0
    """An old connection may still deliver for so long after the server said goodbye."""
    heartbeat: float = 20.0
    """We ping that often; a connection on which nothing at all arrives for half as long again is dead."""
    handshake: float = 10.0
    renew_after: float = 6 * 3600.0
    """A connection is replaced by a new one before the server ends it, which it does after about 12 h."""
    answer_within: float = 1.9
    """What is not stored by then is acknowledged as a failure, so that it comes again; for a press 2 s is the limit."""
    doubt: float = 30.0
    """Acknowledgements written that long before a connection broke may not have been heard."""
    ack_within: float = 3.0
    """Later acknowledgements are counted: the platform may have given up on the delivery."""
    finish: float = 3.0
    """What is being handed to the inbox at the end may take that long."""
    start: float = 3.0
    """The start waits for the first connection that long; then it goes on without."""
    down_after: float = 30.0
    """Without a connection for that long the instance is not well."""

    def backoff(self, failures: int, dice: Random) -> float:
        """Full jitter: anything up to a bound that doubles with each failure."""
        return dice.uniform(0, min(self.longest_wait, self.first_wait * 2 ** min(failures, 16)))

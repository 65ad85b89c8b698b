"""A service that fails is left alone for a while, longer each time, then tried with a single question."""

from datetime import datetime, timedelta
from typing import Final

FAILURES: Final = 3
"""In a row, before it is left alone."""
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(minutes=15)


class Breaker:
    """Of one service, in one process."""

    def __init__(self) -> None:
        self._failures = 0
        self._pauses = 0
        self._closed_until: datetime | None = None
        self._trying = False
        self.reason = ""
        """Why the last question failed; empty after one that did not."""

    def lets_through(self, now: datetime) -> bool:
        """Whether to ask. After a pause one question goes through, and the others wait for what becomes of it."""
        if self._closed_until is None:
            return True
        if now < self._closed_until or self._trying:
            return False
        self._trying = True
        return True

    def is_closed(self, now: datetime) -> bool:
        """Whether the service is left alone now."""
        return self._closed_until is not None and now < self._closed_until

    def well(self) -> None:
        """A question was answered."""
        self._failures = self._pauses = 0
        self._closed_until = None
        self._trying = False
        self.reason = ""

    def failed(self, why: str, now: datetime, *, pause: float = 0.0, at_once: bool = False) -> None:
        """A question was not answered. `at_once` needs no further failures to leave the service alone."""
        self._failures += 1
        self.reason = why
        tried, self._trying = self._trying, False
        if not (pause or at_once or tried or self._failures >= FAILURES):
            return
        wait = min(FIRST_PAUSE * 2 ** min(self._pauses, 10), LONGEST_PAUSE)
        self._pauses += 1
        self._closed_until = now + max(wait, timedelta(seconds=pause))

    def let_go(self) -> None:
        """The question was never put: nothing was learned."""
        self._trying = False

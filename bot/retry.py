"""How long to wait before the next try: decorrelated jitter, so that failures of many do not come back together."""

from random import Random

FIRST_SECONDS = 2.0
LONGEST_SECONDS = 300.0


def next_wait(previous: float, dice: Random) -> float:
    """Seconds to wait; `previous` is what was waited last time, 0 before the first."""
    low = FIRST_SECONDS
    return min(LONGEST_SECONDS, dice.uniform(low, max(low, 3 * max(previous, low))))

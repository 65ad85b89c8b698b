"""At most so many calls in a second for each API, so that the platform's limit is never met."""

import asyncio
from collections import defaultdict, deque

PER_SECOND = 15
"""The platform takes 20."""


class Limiter:
    """A sliding window for each API; who finds it full waits for its turn."""

    def __init__(self, per_second: int = PER_SECOND) -> None:
        self._per_second = per_second
        self._turns: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=per_second))

    async def turn(self, api: str) -> None:
        """Wait until one more call may be made; turns are given in the order of asking."""
        turns = self._turns[api]
        now = asyncio.get_running_loop().time()
        at = max(now, turns[0] + 1.0) if len(turns) == self._per_second else now
        turns.append(at)
        if at > now:
            await asyncio.sleep(at - now)

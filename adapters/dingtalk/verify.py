"""Is this callback from the platform? The documented signature, its freshness, and a memory of pairs seen."""

import base64
import hmac
from collections import OrderedDict

FRESH_FOR_MS = 3_600_000
"""A timestamp may differ from our clock by one hour, either way."""
TIMESTAMP_DIGITS = range(10, 17)
REMEMBER_MS = 2 * 3_600_000
REMEMBER_PAIRS = 10_000


def sign(secret: str, timestamp: str) -> str:
    """Base64 text of the MAC over the timestamp's text; the platform covers nothing else, the body neither."""
    key = secret.encode()
    mac = hmac.digest(key, timestamp.encode("utf-8", "replace") + b"\n" + key, "sha256")
    return base64.b64encode(mac).decode("ascii")


def is_fresh(timestamp: str, now_ms: int) -> bool:
    """True for 10 to 16 ASCII digits that are milliseconds within the hour; `int()` alone would take far more."""
    if len(timestamp) not in TIMESTAMP_DIGITS or not timestamp.isascii() or not timestamp.isdigit():
        return False
    return abs(now_ms - int(timestamp)) <= FRESH_FOR_MS


def is_signed(secret: str, timestamp: str, given: str) -> bool:
    """True when `given` is the signature of this timestamp text; never with an empty secret."""
    if not secret:
        return False
    return hmac.compare_digest(sign(secret, timestamp).encode(), given.encode("utf-8", "replace"))


class PairMemory:
    """Pairs of timestamp and signature seen in the last two hours, bounded.

    One captured pair signs any body for an hour, so a pair seen with two bodies is an attack, or two messages in one
    millisecond. It is counted for the health page and never refused.
    """

    def __init__(self, limit: int = REMEMBER_PAIRS) -> None:
        self._seen: OrderedDict[tuple[str, str], tuple[int, int]] = OrderedDict()
        self._limit = limit
        self.repeated = 0
        self.differing = 0

    def note(self, timestamp: str, signature: str, body: bytes, now_ms: int) -> bool:
        """Remember the pair; True when it was seen before with another body."""
        self._forget(now_ms)
        digest = hash(body)  # keyed anew in each process: nobody can make two bodies look alike
        key = (timestamp, signature)
        before = self._seen.get(key)
        if before is None:
            self._seen[key] = (now_ms, digest)
            return False
        self.repeated += 1
        differs = before[1] != digest
        self.differing += differs
        return differs

    def _forget(self, now_ms: int) -> None:
        while self._seen:
            oldest = next(iter(self._seen))
            if len(self._seen) < self._limit and now_ms - self._seen[oldest][0] <= REMEMBER_MS:
                return
            del self._seen[oldest]

    def __len__(self) -> int:
        return len(self._seen)

"""Is this request from the platform? The v0 signature over the raw bytes, and its freshness."""

import hmac
from collections.abc import Sequence
from functools import lru_cache

FRESH_FOR_SECONDS = 300
"""A timestamp may differ from our clock by five minutes, either way."""
MAX_TIMESTAMP_DIGITS = 12
VERSION = b"v0"


@lru_cache(maxsize=8)
def _keyed(secret: str) -> "hmac.HMAC":
    """The key is worked in once; for a body of the usual size that is half of the work."""
    return hmac.new(secret.encode(), digestmod="sha256")


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature the platform sends for these bytes."""
    mac = _keyed(secret).copy()
    mac.update(b":".join((VERSION, timestamp.encode("utf-8", "replace"), body)))
    return "v0=" + mac.hexdigest()


def is_fresh(timestamp: str, now_seconds: int) -> bool:
    """True for a few ASCII digits that are seconds within five minutes; `int()` alone would take far more."""
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > MAX_TIMESTAMP_DIGITS:
        return False
    return abs(now_seconds - int(timestamp)) <= FRESH_FOR_SECONDS


def signed_with(secrets: Sequence[str], timestamp: str, body: bytes, given: str) -> int | None:
    """Which of the secrets signed the body, None when none did. Never an empty secret."""
    found = None
    for number, secret in enumerate(secrets):
        right = sign(secret, timestamp, body).encode()
        if secret and hmac.compare_digest(right, given.encode("utf-8", "replace")) and found is None:
            found = number
    return found

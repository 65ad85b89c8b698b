"""The rules of a custom robot: its token, its security setting, and the mute for sending too fast."""

import base64
import hashlib
import hmac
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

PER_MINUTE = 20
MUTE = timedelta(seconds=600)
SIGNATURE_LASTS = timedelta(hours=1)
TOO_FAST = (130101, "send too fast, exceed 20 times per minute")


def mac(secret: str, timestamp: str) -> str:
    """The platform's signature, base64."""
    key = secret.encode()
    return base64.b64encode(hmac.new(key, f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()).decode()


@dataclass(slots=True)
class Robot:
    """One custom robot of one group."""

    secret: str | None = None
    keyword: str | None = None
    _recent: deque[datetime] = field(default_factory=deque)
    _muted_until: datetime | None = None

    def refuses(self, query: Mapping[str, str], text: str, now: datetime) -> tuple[int, str] | None:
        """The code and text of a refusal, None when the message may be posted."""
        return self._insecure(query, text, now) or self._too_fast(now)

    def _insecure(self, query: Mapping[str, str], text: str, now: datetime) -> tuple[int, str] | None:
        if self.keyword is not None and self.keyword not in text:
            return 310000, "keywords not in content"
        if self.secret is None:
            return None
        timestamp = query.get("timestamp", "")
        sent = timedelta(milliseconds=int(timestamp)) if timestamp.isdecimal() else timedelta(0)
        if abs(now.timestamp() - sent.total_seconds()) > SIGNATURE_LASTS.total_seconds():
            return 310000, "invalid timestamp"
        return None if query.get("sign") == mac(self.secret, timestamp) else (310000, "sign not match")

    def _too_fast(self, now: datetime) -> tuple[int, str] | None:
        if self._muted_until is not None and now < self._muted_until:
            return TOO_FAST
        while self._recent and now - self._recent[0] >= timedelta(minutes=1):
            self._recent.popleft()
        if len(self._recent) >= PER_MINUTE:
            self._muted_until = now + MUTE
            self._recent.clear()
            return TOO_FAST
        self._recent.append(now)
        return None

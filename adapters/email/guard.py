"""The last defence against loops: somebody who says the same again and again, or never stops, is not answered."""

import hashlib
from collections import OrderedDict, deque
from datetime import datetime, timedelta

SAME_TEXT = 3
SAME_WITHIN = timedelta(minutes=10)
AN_HOUR = timedelta(hours=1)
MOST_AN_HOUR = 60
WATCHED = 10_000


class LoopGuard:
    """Remembers what came from whom in the last hour; bounded."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, deque[tuple[datetime, bytes, str]]] = OrderedDict()

    def trips(self, sender: str, text: str, message_id: str, now: datetime) -> str | None:
        """Note one mail; why its sender is not answered now, None when all is well. One mail counts once."""
        mails = self._seen.setdefault(sender, deque())
        self._seen.move_to_end(sender)
        if len(self._seen) > WATCHED:
            self._seen.popitem(last=False)
        while mails and now - mails[0][0] > AN_HOUR:
            mails.popleft()
        digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
        if all(known != message_id for _, _, known in mails):
            mails.append((now, digest, message_id))
        if len(mails) > MOST_AN_HOUR:
            return f"more than {MOST_AN_HOUR} mails in an hour"
        same = sum(1 for at, known, _ in mails if known == digest and now - at <= SAME_WITHIN)
        return "the same text again and again" if same >= SAME_TEXT else None

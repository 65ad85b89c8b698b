"""What a message is called outside: enough to find it again, and nobody can guess it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

_KEY = re.compile(r"([A-Za-z0-9-]{8,40})\.([0-9a-f]{1,10})")


@dataclass(frozen=True, slots=True)
class MessageKey:
    """An outbound message by its id and the second it was written in; in links and mail addresses `str()` of it."""

    message_id: str
    created_at: datetime

    def __str__(self) -> str:
        return f"{self.message_id}.{int(self.created_at.timestamp()):x}"

    @classmethod
    def read(cls, text: str) -> "MessageKey | None":
        """A key as it was written; None for anything else."""
        found = _KEY.fullmatch(text)
        try:
            return cls(found[1], datetime.fromtimestamp(int(found[2], 16), UTC)) if found else None
        except (ValueError, OverflowError, OSError):
            return None

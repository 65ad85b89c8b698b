"""Reading values of a payload nobody promised anything about: any field may be absent, null, empty, of another type."""

import math
import re
from datetime import UTC, datetime, timedelta

from bot.contracts.payload import BadPayload, items, load, mapping, text_of

__all__ = [
    "BadPayload", "items", "load", "mapping", "moment", "sent_moment", "text_of", "whole",
]

EARLIEST = datetime(2010, 1, 1, tzinfo=UTC)
FUTURE_ALLOWED = timedelta(hours=1)
_DIGITS = re.compile(r"[0-9]{1,16}")


def whole(value: object) -> int | None:
    """A number, or a text of ASCII digits, as int; None for everything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return int(value)
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    return None


def moment(value: object) -> datetime | None:
    """Milliseconds since 1970 as an instant; None when there is none, or an absurd one."""
    milliseconds = whole(value)
    if milliseconds is None:
        return None
    try:
        instant = datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return instant if instant >= EARLIEST else None


def sent_moment(value: object, now: datetime) -> datetime:
    """When a message was written; `now` where the platform's value is absurd."""
    instant = moment(value)
    return instant if instant is not None and instant <= now + FUTURE_ALLOWED else now

"""Reading values of a payload nobody promised anything about: any field may be absent, null, empty, of another type."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from bot.contracts.payload import BadPayload, items, load, mapping, text_of

__all__ = [
    "BadPayload", "id_of", "items", "load", "load_form", "mapping", "moment_of", "needed", "text_of", "ts_of",
]

MAX_FORM_FIELDS = 100
FUTURE_ALLOWED = timedelta(hours=1)
EARLIEST = datetime(2010, 1, 1, tzinfo=UTC)
_ID = re.compile(r"[A-Z0-9]{1,64}")
_TS = re.compile(r"[0-9]{1,12}\.[0-9]{1,9}")


def load_form(body: bytes) -> Mapping[str, str]:
    """The fields of a form. Raises `BadPayload`."""
    try:
        text = body.decode("utf-8")
        fields = parse_qsl(
            text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MAX_FORM_FIELDS
        )
    except ValueError:
        fields = []
    if not fields:
        raise BadPayload("the body is neither a JSON object nor a form")
    return dict(fields)


def id_of(value: object) -> str:
    """An id of the platform (capital letters and digits), empty when there is none."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def ts_of(value: object) -> str:
    """A message's time stamp, which is its id: a text, never a number; empty when there is none."""
    return value if isinstance(value, str) and _TS.fullmatch(value) else ""


def needed(value: str, what: str) -> str:
    """The value. Raises `BadPayload` when it is empty."""
    if not value:
        raise BadPayload(f"{what} is missing or not one of the platform's")
    return value


def moment_of(ts: str, now: datetime) -> datetime:
    """The instant in a time stamp; `now` where it is absurd."""
    try:
        instant = datetime.fromtimestamp(float(ts), UTC)
    except (ValueError, OverflowError, OSError):
        return now
    return instant if EARLIEST <= instant <= now + FUTURE_ALLOWED else now

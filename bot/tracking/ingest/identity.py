"""What makes two reports the same event: the source's own id, else source, milestone, minute and place."""

from hashlib import blake2b

from bot.store.schema import to_micros
from bot.tracking.ingest.rows import EventRow

_MINUTE = 60_000_000


def event_key(row: EventRow) -> int:
    """Identity of an event within its subject, 63 bits."""
    if row.event_id:
        return _hash("id", row.source, row.event_id)
    minute = "" if row.occurred is None else str(to_micros(row.occurred) // _MINUTE)
    what = row.milestone if row.milestone != "INFO_UPDATE" else f"{row.milestone} {row.code or ''} {row.note or ''}"
    return _hash("is", row.source, what, minute, row.location or "", _plan(row))


def key_of_id(source: str, event_id: str) -> int:
    """The key of an event by the id its source gave it."""
    return _hash("id", source, event_id)


def _plan(row: EventRow) -> str:
    return ",".join(f"{name}={to_micros(at)}" for name, at in sorted(row.plan.items()))


def _hash(*parts: str) -> int:
    digest = blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1

"""What makes two reports the same event: the source's own id, else source, code, minute and place."""

from hashlib import blake2b

from bot.tracking.codes import INFO
from bot.tracking.ingest.rows import EventRow

_MINUTE = 60_000_000


def event_key(row: EventRow) -> int:
    """Identity of an event within its subject, 63 bits."""
    if row.event_id is not None:
        return key_of_id(row.source, row.event_id)
    if row.voids is not None:
        return key_of_id(row.source, f"void of {row.voids}")
    minute = "" if row.occurred is None else row.occurred // _MINUTE
    what: object = row.code or row.milestone
    if row.milestone >= INFO or row.plan:  # information is the same only when it says the same
        what = f"{what} {row.note or ''} {sorted(row.plan.items())}"
    return _hash(f"is\x1f{row.source}\x1f{what}\x1f{minute}\x1f{row.location or ''}")


def key_of_id(source: str, event_id: str) -> int:
    """The key of an event by the id its source gave it."""
    return _hash(f"id\x1f{source}\x1f{event_id}")


def version_key(key: int, values: tuple[object, ...]) -> int:
    """Under what an older version of an event is kept: different for each content, so a repeated one is found."""
    return _hash(f"version\x1f{key}\x1f{values}")


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") >> 1

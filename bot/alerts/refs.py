"""References of alerts: `A-1024` for people, the number for us. Easy to guess: it never grants anything."""

import re

_SHAPE = re.compile(r"\[?(?:PB-?)?(?:A-?)?([0-9]{1,12})\]?", re.IGNORECASE)


def ref_of(group_id: int) -> str:
    """How people name a group."""
    return f"A-{group_id}"


def id_of(ref: str) -> int | None:
    """The group a person means; None for anything else."""
    found = _SHAPE.fullmatch(ref.strip())
    return int(found[1]) if found else None

"""The address answers to a mail of ours go to: it names that mail, also where a program loses the thread.

It is a hint like the tag in the subject. Who knows it, or guesses it, has no right by it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from adapters.email.addresses import Names
from bot.contracts import MessageKey

LONGEST_LOCAL = 64
"""Of what stands before the @ (RFC 5321)."""
_TOKEN = re.compile(r"r-(?:([ac])(\d{1,9})-)?([0-9a-f]{32})(\.[0-9a-f]{1,10})", re.IGNORECASE)
_REFERENCE = re.compile(r"[AC]-?\d{1,9}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answered:
    """Which of our mails somebody answers."""

    key: MessageKey
    reference: str
    """Of the alert or case it told of, such as A-1024; empty when it told of none."""


def reply_address(names: Names, key: MessageKey, reference: str) -> str | None:
    """Our address with a token for that mail; None where there is no room for it."""
    try:
        row = MessageKey(UUID(key.message_id).hex, key.created_at)
    except ValueError:
        return None
    about = f"{reference.replace('-', '')}-" if _REFERENCE.fullmatch(reference) else ""
    local, _, domain = names.address.partition("@")
    fits = (f"{local}+r-{token}".lower() for token in (f"{about}{row}", str(row)))
    return next((f"{one}@{domain}" for one in fits if len(one) <= LONGEST_LOCAL), None)


def answered(names: Names, came_to: Iterable[str]) -> Answered | None:
    """What the address says that a mail came to; gateways may have changed its case."""
    found = (_TOKEN.fullmatch(token) for token in map(names.token_of, came_to) if token)
    for kind, number, row, written in (match.groups() for match in found if match is not None):
        key = MessageKey.read(f"{UUID(row)}{written}".lower())
        if key is not None:
            return Answered(key, f"{kind.upper()}-{number}" if kind else "")
    return None

"""Delivery reports: which of our mails came back, and whether its address is bad for good."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from adapters.email.addresses import Names, message_ids
from adapters.email.headers import Headers
from adapters.email.parse import Mail
from bot.contracts import MessageKey

_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_HARD = re.compile(r"5\.(?:1\.\d+|4\.4|6\.7|2\.1)")
_ADDRESS = re.compile(r"[^\s<>,;\"@]{1,64}@[^\s<>,;\"@]{1,255}")
_NOTED = ("delivered-to", "x-original-to", "to", "cc")
_NO_FAILURE = frozenset({"delayed", "delivered", "relayed", "expanded"})


@dataclass(frozen=True, slots=True)
class Bounce:
    """One of our mails did not arrive."""

    key: MessageKey
    """The outbox row it was sent for."""
    recipient: str
    status: str
    permanent: bool
    """The address itself is bad. A full mailbox, or a refusal by policy, is not that."""
    failed: bool
    """False: it is only late, or arrived."""


def bounce_of(mail: Mail, names: Names, came_to: tuple[str, ...]) -> Bounce | None:
    """What a report says of a mail of ours; None when it names none, for reports can be forged."""
    key = names.bounce_key(came_to) or next(_keys(mail, names), None)
    if key is None:
        return None
    block = next((block for block in mail.reports if block.has("final-recipient") or block.has("action")), None)
    if block is None:
        return _untold(mail, key)
    action = block.ascii("action").split(" ")[0]
    status = _status(block.ascii("status")) or _status(block.ascii("diagnostic-code"))
    recipient = block.ascii("final-recipient").rpartition(";")[2].strip()
    failed = action not in _NO_FAILURE
    return Bounce(key, recipient, status, failed and bool(_HARD.fullmatch(status)), failed)


def _untold(mail: Mail, key: MessageKey) -> Bounce:
    """A report in words only: the address is never given up for the sake of text."""
    recipient = mail.headers.ascii("x-failed-recipients")
    return Bounce(key, recipient, _status(mail.plain[:10_000]), permanent=False, failed=True)


def _keys(mail: Mail, names: Names) -> Iterator[MessageKey]:
    """Keys of ours named anywhere: in the fields that tell of the thread, in the mail that was returned."""
    told = (mail.headers.raw("in-reply-to"), mail.headers.raw("references"), mail.returned, mail.plain.encode())
    for place in told:
        for message_id in message_ids(place[:100_000].decode("utf-8", "replace")):
            if (key := names.key_of_message_id(message_id)) is not None:
                yield key


def _status(text: str) -> str:
    found = _STATUS.search(text)
    return ".".join(found.groups()) if found else ""


def came_to(headers: Headers) -> tuple[str, ...]:
    """The addresses with a token that a mail came to, as servers and the writer's program noted them."""
    fields = (value for name in _NOTED for value in headers.all(name) if b"+" in value)
    return tuple(address for value in fields for address in _ADDRESS.findall(_text(value)))


def _text(value: bytes) -> str:
    return value[:10_000].decode("ascii", "replace")

"""What a person types or sends along becomes an `InboundMessage`."""

from collections.abc import Sequence
from datetime import datetime
from unicodedata import category
from uuid import uuid4

from bot.contracts import (
    MAX_TEXT_CHARACTERS,
    Attachment,
    InboundMessage,
    MessageKind,
)

MAX_CONTACT_CHARACTERS = 200
GROUP = "group:"
"""A conversation whose id begins so is a group: it is written to and followed, nobody speaks in its name."""
_KINDS = {"image": MessageKind.PICTURE, "audio": MessageKind.AUDIO, "video": MessageKind.VIDEO}


def check_contact(contact: str) -> str:
    """The contact's external id. Raises `ValueError` when no person can have it."""
    if not contact or contact != contact.strip():
        raise ValueError(f"contact {contact!r} is empty or padded with blanks; give the contact's address")
    if len(contact) > MAX_CONTACT_CHARACTERS:
        raise ValueError(f"contact has {len(contact)} characters; an address has at most {MAX_CONTACT_CHARACTERS}")
    printable = contact.isascii() and contact.isprintable()
    if not printable and any(category(char) in ("Cc", "Cs", "Cf") for char in contact):
        raise ValueError(f"contact {contact!r} holds invisible characters; remove them")
    if contact.startswith(GROUP):
        raise ValueError(f"contact {contact!r} is a group; give the address of a person")
    return contact


def check_text(text: str, *, has_files: bool) -> str:
    """The text. Raises `ValueError` when there is nothing in it, or too much."""
    if not text.strip() and not has_files:
        raise ValueError("text is empty; write a question or send a file")
    if len(text) > MAX_TEXT_CHARACTERS:
        raise ValueError(f"text has {len(text)} characters; at most {MAX_TEXT_CHARACTERS}, send a shorter one")
    return text


def compose(
    adapter: str, contact: str, *, text: str, attachments: Sequence[Attachment], now: datetime
) -> InboundMessage:
    """One message of a contact in that contact's own conversation."""
    return InboundMessage.model_validate({  # parts made one by one would each be checked twice
        "message_id": str(uuid4()),
        "conversation": {"adapter": adapter, "external_id": contact},
        "sender": {"external_id": contact},
        "kind": _kind(text, attachments),
        "text": text,
        "sent_at": now,
        "attachments": tuple(attachments),
    })


def _kind(text: str, attachments: Sequence[Attachment]) -> MessageKind:
    if text.strip() or not attachments:
        return MessageKind.TEXT
    family = (attachments[0].media_type or "").partition("/")[0]
    return _KINDS.get(family, MessageKind.FILE)

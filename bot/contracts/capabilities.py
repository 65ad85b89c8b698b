"""What a channel can show and bear."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Markdown(StrEnum):
    """Dialect of text markup a channel understands."""

    NONE = "none"
    DINGTALK = "dingtalk"
    SLACK = "slack"
    HTML = "html"
    COMMON = "common"


class Buttons(StrEnum):
    """What pressing a button can do."""

    NONE = "none"  # printed as words to type
    LINK = "link"  # opens an address
    CALLBACK = "callback"  # comes back to us as a message


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """Limits and abilities of one adapter instance; sizes are UTF-8 bytes of the final payload."""

    max_bytes: int
    sends_per_minute: int | None = None
    """Hard limit of the platform for one robot or channel; None: no known limit."""
    reserved_per_minute: int = 0
    """Part of it kept for replies and confirmations."""
    pace_by_conversation: bool = False
    """True when the limit holds for each conversation, False when for the whole instance."""
    markdown: Markdown = Markdown.NONE
    buttons: Buttons = Buttons.NONE
    proactive: bool = True
    """False: can only answer while a reply route lives."""
    files: bool = False
    files_inside: bool = False
    """A file is part of the message (mail); elsewhere it is one more message, and is sent only to who asks for it."""
    edits_in_place: bool = False
    """A message that was sent can be changed where it stands; see `Sent.editable` and `OutboundMessage.replaces`."""
    idempotent_send: bool = False
    """The platform drops a second copy with the same `message_id`."""
    patience: timedelta | None = None
    """How long a message is tried before it is given up, answers too; None: minutes for answers, as in a chat."""
    direct_by_address: bool = False
    """A person's address is also that of the conversation with them (mail): they can be written to first."""

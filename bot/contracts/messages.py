"""What travels between an adapter and the core: people, conversations, messages."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from bot.contracts.cards import Card

Language = Literal["en", "zh-Hans", "zh-Hant"]

MAX_TEXT_CHARACTERS = 100_000
"""A longer text is cut by the adapter before it is stored; no platform lets a person type one."""


class Frozen(BaseModel):
    """A value nobody downstream can change; unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ConversationKind(StrEnum):
    """Where people talk."""

    DIRECT = "direct"  # one person and the bot
    GROUP = "group"  # several people; the bot hears only what is addressed to it
    THREAD = "thread"  # a mail thread or a thread of a channel


class MessageKind(StrEnum):
    """What a person sent; `UNKNOWN` is answered politely, never an error."""

    TEXT = "text"
    PICTURE = "picture"
    AUDIO = "audio"
    VIDEO = "video"
    FILE = "file"
    ACTION = "action"  # a button was pressed; `text` holds what it says
    NOTICE = "notice"  # the platform tells us something (quota gone); never answered
    UNKNOWN = "unknown"


class ConversationAddress(Frozen):
    """A conversation as its platform knows it; (adapter, external_id) is its identity."""

    adapter: str
    """Name of the configured adapter instance, not of its type."""
    external_id: str
    kind: ConversationKind = ConversationKind.DIRECT
    title: str | None = None
    """Display only; can change, never a key."""
    within: str = ""
    """External id of the channel a thread stands in, where others read along; empty: nobody but who writes does."""


class Sender(Frozen):
    """Who wrote; (adapter, external_id) is the contact's identity, the name is free text."""

    external_id: str
    name: str | None = None
    organisation: str | None = None
    """The platform's id of the sender's organisation, verified by the adapter."""
    outsider: bool = False
    """True when the platform says the sender is not a member of the configured organisation."""
    unresolved: bool = False
    """The platform has still to be asked who this is (see `ResolvesSenders`); an outsider until then."""
    authenticated: bool = True
    """False: nobody vouches that this person wrote it (mail). Learns nothing; a person looks at the message."""


class ReplyRoute(Frozen):
    """A short-lived way to answer, such as a session webhook. The URL is a credential: never logged."""

    url: str
    expires_at: AwareDatetime


class Attachment(Frozen):
    """A file that came with a message; `handle` is what the adapter needs to fetch it."""

    name: str
    media_type: str | None = None
    size: int | None = None
    """Bytes, when the platform says so."""
    handle: str


class Quoted(Frozen):
    """The earlier message a person replied to."""

    message_id: str | None = None
    """As `Sent.provider_ref` names it when it is one of ours, so that its text can be looked up."""
    text: str = ""
    thread: bool = False
    """It began the thread the message stands in: whatever was said there since comes after it."""


class InboundMessage(Frozen):
    """One message as the adapter understood it. `message_id` is unique within the adapter instance."""

    message_id: str
    conversation: ConversationAddress
    sender: Sender
    kind: MessageKind = MessageKind.TEXT
    text: str = ""
    sent_at: AwareDatetime
    reply_route: ReplyRoute | None = None
    attachments: tuple[Attachment, ...] = ()
    quoted: Quoted | None = None
    automated: bool = False
    """An auto-reply, bounce or other machine wrote it: stored, never answered."""
    from_self: bool = False
    """We sent it ourselves: stored, never answered."""
    only_known: bool = False
    """Somebody we do not know is not answered at all, not even that; a person looks at the message (mail)."""


class OutboundMessage(Frozen):
    """One message to deliver; the same `message_id` on every attempt."""

    message_id: str
    """Unguessable, stable over attempts and restarts: the idempotency key where a platform takes one."""
    conversation: ConversationAddress
    cards: tuple[Card, ...] = Field(min_length=1)
    """Shown one after the other in one message; two for a bilingual conversation."""
    reply_route: ReplyRoute | None = None
    in_reply_to: str | None = None
    replaces: str | None = None
    """`Sent.provider_ref` of an earlier message, sent as `editable`, that is to show these cards from now on.

    Asked for only where `Capabilities.edits_in_place`. Doing it twice does no harm. When that message is not there any
    more, or cannot be changed, the outcome is `Refused` without `destination_broken`; nothing new is ever shown.
    """
    mention: tuple[str, ...] = ()
    """External ids of people to mention, where the platform can."""
    resent: bool = False
    """True when an earlier attempt may have arrived: the adapter marks the text "(resent)/(重发)"."""
    attempt: int = 1
    subscription: bool = False
    """One of a series the reader may end: an alert or a digest, not an answer."""
    created_at: datetime

"""The border between the core and its adapters, semantic versioned: all that adapters import of `bot`."""

from bot.contracts.adapter import (
    ENTRY_POINT_GROUP,
    Adapter,
    AdapterConfig,
    AdapterHost,
    AdapterState,
    AdapterType,
    Health,
    NotStored,
    Receipt,
    WebhookRequest,
    WebhookResponse,
)
from bot.contracts.capabilities import Buttons, Capabilities, Markdown
from bot.contracts.cards import Action, Card, Field, File, Step, Table, Tone
from bot.contracts.chat import ChatAdapter, ChatEntry, ChatFile, Exchange
from bot.contracts.cutting import cut, endings
from bot.contracts.files import FetchedFile, FetchesFiles, NotFetched
from bot.contracts.keys import MessageKey
from bot.contracts.messages import (
    MAX_TEXT_CHARACTERS,
    Attachment,
    ConversationAddress,
    ConversationKind,
    InboundMessage,
    Language,
    MessageKind,
    OutboundMessage,
    Quoted,
    ReplyRoute,
    Sender,
)
from bot.contracts.outcome import DeliveryOutcome, Refused, Retry, Sent, Uncertain
from bot.contracts.pages import PageRequest, PageResponse, ServesPages
from bot.contracts.resolving import NotResolved, ResolvesSenders
from bot.contracts.shrink import as_text, fit, hidden_steps_line, more_line, smaller_forms, table_lines

__all__ = [
    "ENTRY_POINT_GROUP",
    "MAX_TEXT_CHARACTERS",
    "Action",
    "Adapter",
    "AdapterConfig",
    "AdapterHost",
    "AdapterState",
    "AdapterType",
    "Attachment",
    "Buttons",
    "Capabilities",
    "Card",
    "ChatAdapter",
    "ChatEntry",
    "ChatFile",
    "ConversationAddress",
    "ConversationKind",
    "DeliveryOutcome",
    "Exchange",
    "FetchedFile",
    "FetchesFiles",
    "Field",
    "File",
    "Health",
    "InboundMessage",
    "Language",
    "Markdown",
    "MessageKey",
    "MessageKind",
    "NotFetched",
    "NotResolved",
    "NotStored",
    "OutboundMessage",
    "PageRequest",
    "PageResponse",
    "Quoted",
    "Receipt",
    "Refused",
    "ReplyRoute",
    "ResolvesSenders",
    "Retry",
    "Sender",
    "Sent",
    "ServesPages",
    "Step",
    "Table",
    "Tone",
    "Uncertain",
    "WebhookRequest",
    "WebhookResponse",
    "as_text",
    "cut",
    "endings",
    "fit",
    "hidden_steps_line",
    "more_line",
    "smaller_forms",
    "table_lines",
]

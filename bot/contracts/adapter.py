"""The protocol every adapter speaks with the core, and how an adapter type is found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from aiohttp import ClientSession
from pydantic import BaseModel, ConfigDict

from bot.contracts.capabilities import Capabilities
from bot.contracts.files import FetchedFile
from bot.contracts.messages import InboundMessage, OutboundMessage
from bot.contracts.outcome import DeliveryOutcome

ENTRY_POINT_GROUP = "parcelbridge.adapters"
"""A distribution offers an adapter by an entry point of this group that names an `AdapterType`."""


class AdapterConfig(BaseModel):
    """Keys every adapter instance has in `[[adapters]]`; an adapter type adds its own. Unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    type: str
    partner: str | None = None
    """Code of the partner whose people use this instance."""


class NotStored(Exception):
    """The inbox could not take the message now; the adapter must not acknowledge it."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The message is safe on disk; `duplicate` when it already was."""

    inbox_id: int
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """One callback of a platform, before anything is believed: raw body, headers with lower-case names."""

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class WebhookResponse:
    """What the platform is answered."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Health:
    """How an adapter instance is doing, in one word and, where it is not well, a sentence for operators."""

    ok: bool
    state: str = "up"
    detail: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)
    ended: bool = False
    """True: what receives has ended and will not begin again by itself. The core stops the adapter and starts it
    again, after a while; until then whatever waits to be sent through it waits."""


class AdapterState(Protocol):
    """Small things one adapter instance keeps over restarts, shared by every process that runs the instance.

    Every method raises `NotStored` when the store cannot now.
    """

    async def get(self, key: str) -> str | None:
        """The text kept under a key; None when there is none, or its time has ended."""

    async def put(self, key: str, value: str, *, until: datetime | None = None) -> None:
        """Keep a text under a key, instead of what was there, until that instant."""

    async def drop(self, key: str) -> None:
        """Forget a key."""

    async def count(self, key: str, by: int = 1, *, until: datetime | None = None) -> int:
        """Add to the counter of that name, which begins at 0; the new sum."""


class AdapterHost(Protocol):
    """What the core offers an adapter while it runs."""

    @property
    def session(self) -> ClientSession:
        """The shared HTTP client session."""

    @property
    def public_url(self) -> str:
        """Base address under which platforms reach us, without a trailing slash."""

    def now(self) -> datetime:
        """The service's clock, UTC."""

    async def receive(self, message: InboundMessage) -> Receipt:
        """Store a message; returns after the commit. Raises `NotStored` when it could not be stored."""

    def state(self, adapter: str) -> AdapterState:
        """What the instance of that name keeps over restarts."""

    async def undelivered(
        self, adapter: str, message_id: str, *, created_at: datetime, reason: str, permanent: bool
    ) -> None:
        """A message that had been sent came back; `message_id` and `created_at` are those of its `OutboundMessage`.

        With `permanent` nothing more is sent to its conversation until somebody writes from there. A message nobody
        knows is ignored. Raises `NotStored`.
        """

    async def file(self, reference: str) -> FetchedFile | None:
        """The file behind a card's `File.reference`, None when it is not there (any more).

        It may be made at this moment and take seconds. Raises `NotStored` when it cannot be had now: nothing of the
        message should have been sent yet, for it is tried again.
        """


class Adapter(Protocol):
    """One configured instance of an adapter type."""

    @property
    def name(self) -> str:
        """Name of the instance, as in the configuration."""

    @property
    def capabilities(self) -> Capabilities:
        """What this channel can show and bear."""

    async def start(self, host: AdapterHost) -> None:
        """Begin receiving. Returns when the adapter can send; must not block on the platform for ever.

        One that raises is stopped and started again later; the other adapters do not wait for it.
        """

    async def stop(self) -> None:
        """Stop receiving, finish what is being handed to the inbox, release everything."""

    async def send(self, message: OutboundMessage) -> DeliveryOutcome:
        """Deliver one message. Maps every answer to an outcome; raises only on a defect."""

    async def handle_webhook(self, request: WebhookRequest) -> WebhookResponse:
        """Answer one callback. Never raises for bad input; 404 when the adapter takes no callbacks."""

    def health(self) -> Health:
        """The state now, without any waiting."""

    async def check(self, host: AdapterHost) -> Health:
        """A live test for `parcelbridge doctor`: credentials and reachability, in one sentence what to fix."""


class AdapterType(Protocol):
    """What an entry point of the group names."""

    @property
    def type_name(self) -> str:
        """The `type` of `[[adapters]]`."""

    @property
    def config_model(self) -> type[AdapterConfig]:
        """Validates the instance's keys."""

    @property
    def summary(self) -> str:
        """One line: what it speaks and how."""

    def create(self, config: Any) -> Adapter:
        """An instance for a validated configuration."""

    def missing(self, config: Any) -> list[str]:
        """Keys this instance still needs before it can run, for `check-config`."""

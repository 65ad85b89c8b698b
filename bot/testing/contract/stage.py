"""What an adapter's author gives the suite: an adapter, its host, and hands and eyes at the platform's end."""

import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any

from pydantic import SecretBytes, SecretStr

from bot.contracts import Adapter, AdapterConfig, AdapterType, Card, OutboundMessage, WebhookRequest
from bot.testing.host import RecordingHost


class Trouble(StrEnum):
    """The ways a platform answers a message badly."""

    REFUSED = "refused"  # this message, for good
    FORBIDDEN = "forbidden"  # nothing reaches this conversation, or nothing of ours, until somebody acts
    THROTTLED = "throttled"  # too many; wait for so long
    BUSY = "busy"  # an error of theirs, nothing was taken
    SILENT = "silent"  # taken, and never answered
    CUT = "cut"  # taken, and the connection is cut before the answer
    UNREACHABLE = "unreachable"  # nobody listens


class Stage(ABC):
    """An adapter of yours, started on a host, and the platform it speaks with.

    What has a default may be left out; a promise that cannot be broken on your channel is then not looked at. Give all
    that your channel has.
    """

    redelivers = True
    """False when the platform cannot deliver one message twice."""
    cannot: Collection[Trouble] = frozenset(Trouble)
    """Troubles your stage cannot make; none left out is best, and needs `provoke`."""
    silence = 0.5
    """Seconds a message is waited for that is never answered, as the core does; set your adapter's own shorter."""
    has_secrets = True
    """False when the channel needs none."""
    forgets_after: timedelta | None = timedelta(days=1)
    """A genuine callback so old is not believed any more; None when the platform gives no time."""
    signature_headers: Sequence[str] = ()
    """Headers (in lower case) any change of which spoils a genuine callback."""

    def __init__(self, adapter_type: AdapterType, config: AdapterConfig, host: RecordingHost) -> None:
        self.type = adapter_type
        self.config = config
        self.host = host
        self.adapter: Adapter = adapter_type.create(config)

    # ---- what people and the platform do ----

    @abstractmethod
    async def says(self, text: str, key: str) -> bool:
        """A person writes; the same key is the same message again. True when the platform was told all is well."""

    def genuine(self, text: str, key: str) -> bytes | None:  # noqa: ARG002 - overridden
        """What the platform sends for that message, as `deliver` takes it; None: people are not heard by payloads."""
        return None

    async def deliver(self, body: bytes) -> bool:  # noqa: ARG002 - overridden
        """Hand over a payload of any content in the way that makes it believed. True when it was taken."""
        return False

    def callback(self, body: bytes) -> WebhookRequest | None:  # noqa: ARG002 - overridden
        """The same as a callback; None when the platform does not call us."""
        return None

    async def pretends(self, text: str, key: str) -> None:  # noqa: ARG002 - overridden
        """Somebody pretends to be a person we know, in ways other than callbacks."""
        return  # by callbacks, or not at all

    async def provoke(self, trouble: Trouble) -> None:
        """Make the platform answer the next message so."""
        raise NotImplementedError(f"make the platform do this, or name it in `cannot`: {trouble}")

    async def loses(self, ref: str) -> None:
        """The platform forgets a message that was sent, named by its `Sent.provider_ref`, as if somebody deleted it."""
        raise NotImplementedError(f"an adapter that edits in place needs this: make the platform forget {ref}")

    # ---- what goes out ----

    @abstractmethod
    def message(self, *cards: Card, **more: Any) -> OutboundMessage:
        """A message to a conversation that can be reached now."""

    @abstractmethod
    def arrived(self) -> Sequence[str]:
        """What readers see, one text a message; of a message that was changed, what it says now."""

    @abstractmethod
    def largest_payload(self) -> int:
        """Bytes of the largest payload that arrived."""

    def secrets(self) -> Sequence[str]:
        """What must stand in no log: every secret of the configuration, and addresses to answer at."""
        route = self.message(Card(text=("x",))).reply_route
        return [*_secrets_of(self.config), *([route.url] if route else [])]


class CallbackStage(Stage):
    """For platforms that call us: implement `genuine` and `callback`."""

    async def says(self, text: str, key: str) -> bool:
        """As a genuine callback."""
        body = self.genuine(text, key)
        assert body is not None, "a CallbackStage needs `genuine`"
        return await self.deliver(body)

    async def deliver(self, body: bytes) -> bool:
        """As a callback; an answer that blames us for what was sent fails the test."""
        request = self.callback(body)
        assert request is not None, "a CallbackStage needs `callback`"
        response = await self.adapter.handle_webhook(request)
        assert response.status < 500 or self.host.full, f"answered {response.status} to a bad payload"
        return response.status < 300


def body_of(payload: object) -> bytes:
    """A payload as JSON, with escapes for what UTF-8 cannot hold."""
    return json.dumps(payload).encode()


def _secrets_of(value: object) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, SecretBytes):
        yield value.get_secret_value().decode("utf-8", "replace")
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _secrets_of(inner)
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from _secrets_of(inner)
    elif hasattr(type(value), "model_fields"):
        yield from _secrets_of(dict(value))  # type: ignore[call-overload]

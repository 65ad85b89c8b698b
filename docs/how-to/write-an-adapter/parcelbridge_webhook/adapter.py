"""The adapter: what the core calls, each method a few lines over the files beside it."""

import asyncio

from aiohttp import ClientError, ClientTimeout

from bot.contracts import (
    AdapterConfig,
    AdapterHost,
    Capabilities,
    DeliveryOutcome,
    Health,
    OutboundMessage,
    Refused,
    Retry,
    WebhookRequest,
    WebhookResponse,
)
from parcelbridge_webhook.config import WebhookConfig, missing
from parcelbridge_webhook.receive import LATER, answer
from parcelbridge_webhook.send import post

NOT_STARTED = "the adapter is not started"


class WebhookAdapter:
    """One configured instance."""

    def __init__(self, config: WebhookConfig) -> None:
        self._config = config
        self._host: AdapterHost | None = None
        self._problem = ""
        self._handing_over = 0
        self._idle = asyncio.Event()

    @property
    def name(self) -> str:
        """Name of the instance."""
        return self._config.name

    @property
    def capabilities(self) -> Capabilities:
        """Plain text, and the `id` of a message lets the chat drop a second copy."""
        return Capabilities(max_bytes=self._config.max_bytes, idempotent_send=True)

    async def start(self, host: AdapterHost) -> None:
        """Callbacks are taken from now on; there is nothing to connect to."""
        self._host = host

    async def stop(self) -> None:
        """Take nothing more, and wait for what is being handed to the inbox."""
        self._host = None
        while self._handing_over:
            self._idle.clear()
            await self._idle.wait()

    async def send(self, message: OutboundMessage) -> DeliveryOutcome:
        """Deliver one message; what an operator has to mend is remembered until something goes through again."""
        if self._host is None or self._config.token is None:
            return Retry(NOT_STARTED)
        outcome = await post(
            message, self._host, url=self._config.post_url, token=self._config.token.get_secret_value(),
            max_bytes=self._config.max_bytes,
        )
        broken = isinstance(outcome, Refused) and outcome.destination_broken
        self._problem = outcome.reason if broken and isinstance(outcome, Refused) else ""
        return outcome

    async def handle_webhook(self, request: WebhookRequest) -> WebhookResponse:
        """Answer one callback."""
        host, secret = self._host, self._config.signing_secret
        if host is None or secret is None:
            return LATER
        self._handing_over += 1
        try:
            return await answer(request, host, adapter=self.name, secret=secret.get_secret_value())
        finally:
            self._handing_over -= 1
            self._idle.set()

    def health(self) -> Health:
        """Up; `degraded` when somebody has to mend something."""
        if self._host is None:
            return Health(False, "stopped", NOT_STARTED)
        return Health(True, "degraded" if self._problem else "up", self._problem)

    async def check(self, host: AdapterHost) -> Health:
        """For `parcelbridge doctor`: does anybody listen at `post_url`?"""
        try:
            async with host.session.head(self._config.post_url, timeout=ClientTimeout(total=5)) as response:
                return Health(response.status < 500, "up", f"post_url answered {response.status}")
        except (ClientError, TimeoutError, OSError) as error:
            return Health(False, "unreachable", f"post_url: {type(error).__name__}: check address and network")


class WebhookType:
    """What the entry point names."""

    type_name = "webhook"
    config_model: type[AdapterConfig] = WebhookConfig
    summary = "any chat that speaks plain JSON: signed webhooks in, one POST out"

    def create(self, config: WebhookConfig) -> WebhookAdapter:
        """An instance for a validated configuration."""
        return WebhookAdapter(config)

    def missing(self, config: WebhookConfig) -> list[str]:
        """Keys this instance still needs."""
        return missing(config)


ADAPTER = WebhookType()

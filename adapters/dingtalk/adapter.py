"""The DingTalk adapter: receives callbacks in HTTP mode, answers over sessions, pushes through custom robots."""

import asyncio

from adapters.dingtalk.check import check
from adapters.dingtalk.codec import Robot
from adapters.dingtalk.config import DingTalkConfig, missing, receives
from adapters.dingtalk.receive import LATER, Receiver
from adapters.dingtalk.routes import origins
from adapters.dingtalk.send import Sender
from adapters.dingtalk.ways import Ways
from bot.contracts import (
    AdapterHost,
    Buttons,
    Capabilities,
    DeliveryOutcome,
    Health,
    Markdown,
    OutboundMessage,
    Retry,
    WebhookRequest,
    WebhookResponse,
)

SENDS_PER_MINUTE = 18
"""The platform mutes a robot at more than 20; two stay free for clocks that disagree."""
RESERVED_PER_MINUTE = 3
NOT_STARTED = "the adapter is not started"


class DingTalkAdapter:
    """One configured instance."""

    def __init__(self, config: DingTalkConfig) -> None:
        self._config = config
        self._host: AdapterHost | None = None
        allowed = origins((config.oapi_base_url, config.api_base_url))
        self._receiver = _receiver(config)
        self._sender = Sender(Ways(config, allowed), config.max_bytes)
        self._handing_over = 0
        self._idle = asyncio.Event()
        self._capabilities = Capabilities(
            max_bytes=config.max_bytes,
            sends_per_minute=SENDS_PER_MINUTE,
            reserved_per_minute=RESERVED_PER_MINUTE,
            pace_by_conversation=True,
            markdown=Markdown.DINGTALK,
            buttons=Buttons.LINK,
            proactive=bool(config.custom_robots),
        )

    @property
    def name(self) -> str:
        """Name of the instance."""
        return self._config.name

    @property
    def capabilities(self) -> Capabilities:
        """What a webhook's message can show, and the pace of one robot."""
        return self._capabilities

    async def start(self, host: AdapterHost) -> None:
        """Take callbacks from now on; the platform calls, so there is nothing to connect."""
        self._host = host

    async def stop(self) -> None:
        """Take no more callbacks, and wait for what is being handed to the inbox."""
        self._host = None
        while self._handing_over:
            self._idle.clear()
            await self._idle.wait()

    async def send(self, message: OutboundMessage) -> DeliveryOutcome:
        """Deliver one message."""
        if self._host is None:
            return Retry(NOT_STARTED)
        return await self._sender.send(message, self._host)

    async def handle_webhook(self, request: WebhookRequest) -> WebhookResponse:
        """Answer one callback of the platform; 404 when this instance only pushes."""
        if self._receiver is None:
            return WebhookResponse(404)
        if self._host is None:
            return LATER
        self._handing_over += 1
        try:
            return await self._receiver.answer(request, self._host)
        finally:
            self._handing_over -= 1
            self._idle.set()

    def health(self) -> Health:
        """Up; `degraded`, and still at work, when a person has to mend one of its robots."""
        figures = self._figures()
        if self._host is None:
            return Health(False, "stopped", NOT_STARTED, figures)
        if self._sender.problems:
            detail = "; ".join(f"{way}: {reason}" for way, reason in sorted(self._sender.problems.items()))
            return Health(True, "degraded", detail, figures)
        return Health(True, "up" if self._receiver else "push only", figures=figures)

    async def check(self, host: AdapterHost) -> Health:
        """Whether the credentials are taken."""
        return await check(self._config, host)

    def _figures(self) -> dict[str, float]:
        figures = {f"sent_{key}": float(value) for key, value in self._sender.counts.items()}
        if self._receiver is not None:
            figures |= {f"received_{key}": float(value) for key, value in self._receiver.counts.items()}
            figures["signatures_repeated"] = float(self._receiver.pairs.repeated)
            figures["signatures_with_two_bodies"] = float(self._receiver.pairs.differing)
        return figures


def _receiver(config: DingTalkConfig) -> Receiver | None:
    if not receives(config) or config.client_secret is None:
        return None
    robot = Robot(
        adapter=config.name,
        code=config.robot_code or "",
        corp_id=config.corp_id or "",
        other_corps=frozenset(config.allowed_sender_corps),
        origins=origins((config.oapi_base_url, config.api_base_url)),
    )
    return Receiver(robot, config.client_secret.get_secret_value())


class DingTalkType:
    """The adapter type `dingtalk`."""

    type_name = "dingtalk"
    config_model = DingTalkConfig
    summary = "DingTalk: HTTP callbacks in, replies over sessionWebhook, pushes through custom robots"

    def create(self, config: DingTalkConfig) -> DingTalkAdapter:
        """An instance for a validated configuration."""
        return DingTalkAdapter(config)

    def missing(self, config: DingTalkConfig) -> list[str]:
        """Keys this instance still needs."""
        return missing(config)


ADAPTER = DingTalkType()

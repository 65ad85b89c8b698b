"""The Slack adapter: events over HTTP or a websocket, commands and buttons, cards out through the Web API."""

import asyncio

from adapters.slack.check import check
from adapters.slack.config import SlackConfig, missing
from adapters.slack.install import NOT_FOUND
from adapters.slack.receive import LATER
from adapters.slack.running import Running, put_together
from adapters.slack.tokens import ConfiguredToken
from bot.contracts import (
    AdapterHost,
    Attachment,
    Buttons,
    Capabilities,
    DeliveryOutcome,
    FetchedFile,
    Health,
    InboundMessage,
    Markdown,
    NotFetched,
    NotResolved,
    OutboundMessage,
    PageRequest,
    PageResponse,
    Retry,
    WebhookRequest,
    WebhookResponse,
)

SENDS_PER_MINUTE = 60
"""The platform takes one message a second for each channel, with short bursts."""
RESERVED_PER_MINUTE = 10
NOT_STARTED = "the adapter is not started"


class SlackAdapter:
    """One configured instance."""

    def __init__(self, config: SlackConfig) -> None:
        self._config = config
        self._run: Running | None = None
        self._figures: dict[str, float] = {}
        self._handing_over = 0
        self._idle = asyncio.Event()
        self._capabilities = Capabilities(
            max_bytes=config.max_bytes,
            sends_per_minute=SENDS_PER_MINUTE,
            reserved_per_minute=RESERVED_PER_MINUTE,
            pace_by_conversation=True,
            markdown=Markdown.SLACK,
            buttons=Buttons.CALLBACK,
            files=True,
            edits_in_place=True,
            direct_by_address=True,
        )

    @property
    def name(self) -> str:
        """Name of the instance."""
        return self._config.name

    @property
    def capabilities(self) -> Capabilities:
        """What a Slack message can show, and the pace of one channel."""
        return self._capabilities

    async def start(self, host: AdapterHost) -> None:
        """Take what the platform sends from now on; a websocket connects in the background."""
        if self._run is not None:
            return
        self._run = put_together(self._config, host)
        if self._run.socket is not None:
            self._run.socket.start()

    async def stop(self) -> None:
        """Take nothing more, and wait for what is being handed to the inbox."""
        run, self._run = self._run, None
        if run is None:
            return
        if run.socket is not None:
            await run.socket.stop()
        while self._handing_over:
            self._idle.clear()
            await self._idle.wait()
        self._figures = _figures(run)

    async def send(self, message: OutboundMessage) -> DeliveryOutcome:
        """Deliver one message."""
        if self._run is None:
            return Retry(NOT_STARTED)
        return await self._run.sender.send(message)

    async def fetch(self, attachment: Attachment, *, max_bytes: int) -> FetchedFile:
        """See `FetchesFiles`."""
        if self._run is None:
            raise NotFetched(NOT_STARTED, again=True)
        return await self._run.files.fetch(attachment, max_bytes=max_bytes)

    async def resolve(self, message: InboundMessage) -> InboundMessage:
        """See `ResolvesSenders`."""
        run = self._run
        if run is None:
            raise NotResolved(NOT_STARTED)
        return message if run.intake.people is None else await run.intake.people.resolve(message)

    async def handle_webhook(self, request: WebhookRequest) -> WebhookResponse:
        """Answer one request of the platform; 404 when this instance listens on a websocket."""
        run = self._run
        if run is None:
            return WebhookResponse(404) if self._config.mode == "socket" else LATER
        if run.receiver is None:
            return WebhookResponse(404)
        self._handing_over += 1
        try:
            return await run.receiver.answer(request, run.host)
        finally:
            self._handing_over -= 1
            self._idle.set()

    async def handle_page(self, request: PageRequest) -> PageResponse:
        """See `ServesPages`: the pages by which workspaces install the app."""
        if self._run is None or self._run.installer is None:
            return NOT_FOUND
        return await self._run.installer.answer(request, self._run.host)

    def health(self) -> Health:
        """Up; not well without a websocket that was asked for; `degraded` when a person has to mend a workspace."""
        run = self._run
        if run is None:
            return Health(False, "stopped", NOT_STARTED, self._figures)
        figures = _figures(run)
        if run.socket is not None and not run.socket.up:
            problem = run.socket.problem
            state = "no websocket" if problem else "connecting"
            return Health(not problem, state, problem, figures, ended=run.socket.ended)
        problems = dict(run.sender.problems)
        if isinstance(run.tokens, ConfiguredToken) and run.tokens.removed:
            problems["app"] = "it was removed from the workspace: install it again and copy the new bot_token"
        if run.intake.counts["foreign"] and not run.intake.counts["stored"]:
            problems["team_ids"] = "all that comes is for another app or workspace: check app_id and team_ids"
        if run.intake.people is not None and run.intake.people.problem:
            problems["people"] = run.intake.people.problem
        if problems:
            detail = "; ".join(f"{where}: {reason}" for where, reason in sorted(problems.items()))
            return Health(True, "degraded", detail, figures)
        return Health(True, figures=figures)

    async def check(self, host: AdapterHost) -> Health:
        """Whether the tokens are taken."""
        return await check(self._config, host)


def _figures(run: Running) -> dict[str, float]:
    figures = {f"sent_{key}": float(value) for key, value in run.sender.counts.items()}
    figures |= {f"received_{key}": float(value) for key, value in run.intake.counts.items()}
    if run.socket is not None:
        figures["websockets_opened"] = float(run.socket.connected)
    return figures


class SlackType:
    """The adapter type `slack`."""

    type_name = "slack"
    config_model = SlackConfig
    summary = "Slack: Events API or Socket Mode in, /parcel and buttons, Block Kit cards out"

    def create(self, config: SlackConfig) -> SlackAdapter:
        """An instance for a validated configuration."""
        return SlackAdapter(config)

    def missing(self, config: SlackConfig) -> list[str]:
        """Keys this instance still needs."""
        return missing(config)


ADAPTER = SlackType()

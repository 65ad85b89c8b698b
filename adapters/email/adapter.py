"""The mail adapter: sends through one server, reads one mailbox or listens behind a relay."""

from datetime import timedelta

from adapters.email.check import check
from adapters.email.config import EmailConfig, missing
from adapters.email.files import fetch_from_folder, fetch_from_mailbox
from adapters.email.imap import MailboxReader
from adapters.email.listener import Door
from adapters.email.oauth import Tokens
from adapters.email.pool import Pool
from adapters.email.receive import Intake
from adapters.email.send import Sender
from bot.contracts import (
    AdapterConfig,
    AdapterHost,
    Attachment,
    Buttons,
    Capabilities,
    DeliveryOutcome,
    FetchedFile,
    Health,
    Markdown,
    NotFetched,
    NotStored,
    OutboundMessage,
    Refused,
    Retry,
    WebhookRequest,
    WebhookResponse,
)

PATIENCE = timedelta(hours=24)
"""A greylisted answer that comes an hour later is still welcome in a mailbox."""
NOT_STARTED = "the adapter is not started"


class EmailAdapter:
    """One configured mailbox."""

    def __init__(self, config: EmailConfig) -> None:
        self._config = config
        self._host: AdapterHost | None = None
        self._intake = Intake(config)
        self._tokens = Tokens(config.oauth, config.name) if config.oauth is not None else None
        token = self._tokens.get if self._tokens is not None else None
        self._sender = Sender(config, Pool(config.smtp, token)) if config.smtp is not None else None
        self._reader = MailboxReader(
            config.imap, name=config.name, most_bytes=config.max_received_bytes, token=token
        ) if config.imap is not None else None
        self._door = Door(config, config.listener, self._intake) if config.listener is not None else None
        self._capabilities = Capabilities(
            max_bytes=config.max_bytes,
            pace_by_conversation=True,
            markdown=Markdown.HTML,
            buttons=Buttons.LINK,
            files=True,
            files_inside=True,
            patience=PATIENCE,
            direct_by_address=True,
        )

    @property
    def name(self) -> str:
        """Name of the instance."""
        return self._config.name

    @property
    def capabilities(self) -> Capabilities:
        """Rich, large, patient, and anybody's mailbox can be written to at any time."""
        return self._capabilities

    @property
    def listening_port(self) -> int | None:
        """Where mail is taken in; None without a listener."""
        return self._door.port if self._door is not None else None

    async def start(self, host: AdapterHost) -> None:
        """Begin to read or to listen; connections are made when they are needed."""
        self._host = host
        if self._tokens is not None:
            self._tokens.use(host)
        if self._sender is not None:
            self._sender.pool.open()
        if self._door is not None:
            await self._door.open(host)
        if self._reader is not None:
            self._reader.start(self._take)

    async def stop(self) -> None:
        """Take nothing more in, finish what is being stored, close the connections."""
        if self._host is None:
            return
        if self._reader is not None:
            await self._reader.stop()
        if self._door is not None:
            await self._door.close()
        self._host = None
        if self._sender is not None:
            await self._sender.pool.close()

    async def send(self, message: OutboundMessage) -> DeliveryOutcome:
        """Deliver one message."""
        if self._host is None:
            return Retry(NOT_STARTED)
        if self._sender is None:
            return Refused("this mailbox has no server to send through: add its smtp keys", destination_broken=True)
        return await self._sender.send(message, self._host)

    async def fetch(self, attachment: Attachment, *, max_bytes: int) -> FetchedFile:
        """A file of a mail that was received; see `FetchesFiles`."""
        if self._config.imap is not None:
            token = await self._tokens.get() if self._tokens is not None else None
            return await fetch_from_mailbox(attachment, self._config.imap, max_bytes=max_bytes, token=token)
        if self._config.listener is not None and self._config.listener.keep_dir is not None:
            return await fetch_from_folder(attachment, self._config.listener.keep_dir, max_bytes=max_bytes)
        raise NotFetched("the listener keeps no files: set its keep_dir")

    async def handle_webhook(self, request: WebhookRequest) -> WebhookResponse:  # noqa: ARG002 - mail calls nobody back
        """Mail has no callbacks."""
        return WebhookResponse(404)

    def health(self) -> Health:
        """Up; not well when mail is not fetched, `degraded` when something is left for a person to mend."""
        figures = self._figures()
        if self._host is None:
            return Health(False, "stopped", NOT_STARTED, figures)
        if self._reader is not None and (problem := self._reader.problem):
            detail = f"mail is not fetched, for {self._reader.reading.not_looked_for:.0f} s now: {problem}"
            return Health(False, "not fetched", detail, figures)
        worries = self._worries()
        return Health(True, "degraded" if worries else "up", "; ".join(worries), figures)

    async def check(self, host: AdapterHost) -> Health:
        """A mail to ourselves, out and in again."""
        return await check(self._config, host)

    async def _take(self, raw: bytes) -> None:
        if self._host is None:  # a server so slow that we did not wait for it; the mail stays where it is
            raise NotStored(NOT_STARTED)
        await self._intake.take(raw, self._host, lambda mail, _: mail.message_id)

    def _quarantined(self) -> int:
        return sum(part.quarantined for part in (self._reader and self._reader.reading, self._door) if part)

    def _worries(self) -> list[str]:
        sending = self._sender.problems if self._sender is not None else {}
        worries = [f"{what}: {reason}" for what, reason in sorted(sending.items())]
        if self._reader is not None and self._reader.reading.stuck:
            worries.append(self._reader.reading.stuck)
        if self._tokens is not None and self._tokens.worry:
            worries.append(self._tokens.worry)
        if count := self._quarantined():
            worries.append(f"{count} mails could not be read and were put aside")
        return worries

    def _figures(self) -> dict[str, float]:
        figures = {f"received_{key}": float(value) for key, value in self._intake.counts.items()}
        figures["quarantined"] = float(self._quarantined())
        if self._sender is not None:
            figures |= {f"sent_{key}": float(value) for key, value in self._sender.counts.items()}
        if self._reader is not None:
            figures["connected"] = float(self._reader.reading.connected)
            figures["reconnects"] = float(self._reader.reading.reconnects)
            figures["seconds_not_looked"] = self._reader.reading.not_looked_for
        return figures


class EmailType:
    """What the entry point names."""

    type_name = "email"
    config_model: type[AdapterConfig] = EmailConfig
    summary = "a mailbox: questions in by IMAP or a listener, answers and alerts out by SMTP"

    def create(self, config: EmailConfig) -> EmailAdapter:
        """An instance for a validated configuration."""
        return EmailAdapter(config)

    def missing(self, config: EmailConfig) -> list[str]:
        """Keys this instance still needs."""
        return missing(config)


ADAPTER = EmailType()

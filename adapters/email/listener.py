"""A door of our own behind the company's relay: SMTP or LMTP, answered only after the mail was stored."""

import asyncio
import hashlib
import logging
from pathlib import Path

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from adapters.email.addresses import Names
from adapters.email.config import EmailConfig, Listener
from adapters.email.limits import Unreadable
from adapters.email.parse import Mail
from adapters.email.receive import Intake
from bot.contracts import AdapterHost, NotStored

log = logging.getLogger(__name__)

SECONDS = 60.0
STORED = "250 2.0.0 stored"
LATER = "451 4.3.0 it cannot be stored now, try again later"
NOT_OURS = "550 5.1.1 no such mailbox here"
UNREADABLE = "554 5.6.0 the message cannot be read"
CLOSING = "421 4.3.2 closing down"


class Door:
    """Takes mails for our address and no other; handles what `aiosmtpd` hears."""

    def __init__(self, config: EmailConfig, listener: Listener, intake: Intake) -> None:
        self._config = config
        self._listener = listener
        self._intake = intake
        self._names = Names(config.address)
        self._host: AdapterHost | None = None
        self._server: asyncio.Server | None = None
        self._idle = asyncio.Event()
        self.quarantined = 0

    @property
    def port(self) -> int:
        """Where it listens."""
        sockets = self._server.sockets if self._server is not None else ()
        return int(sockets[0].getsockname()[1]) if sockets else self._listener.port

    async def open(self, host: AdapterHost) -> None:
        """Listen."""
        self._host = host
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, self._listener.host, self._listener.port)

    async def close(self) -> None:
        """Take nothing more, and wait for what is being handed over."""
        self._host = None
        if self._server is not None:
            self._server.close()
            self._server = None
        while self._intake.handing_over:
            self._idle.clear()
            await self._idle.wait()

    def _protocol(self) -> SMTP:
        kind = LMTP if self._listener.protocol == "lmtp" else SMTP
        return kind(
            self, data_size_limit=self._config.max_received_bytes, enable_SMTPUTF8=True, timeout=SECONDS,
            hostname="parcelbridge", ident="parcelbridge",
        )

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]  # noqa: ARG002
    ) -> str:
        """Accept our own address, with or without a token."""
        if not self._names.is_ours(address):
            return NOT_OURS
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        """Answer after the commit."""
        if self._host is None:
            return CLOSING
        raw = _as_delivered(envelope)
        try:
            await self._intake.take(raw, self._host, self._keep)
        except NotStored:
            return LATER
        except Unreadable as error:
            return self._put_aside(raw, error)
        finally:
            self._idle.set()
        return STORED

    async def handle_exception(self, error: Exception) -> str:
        """Whatever goes wrong on our side, a full disk for one, is no reason to send a mail back: it is tried again."""
        log.error("email %s: a mail could not be taken", self._config.name, exc_info=error)
        return LATER

    def _keep(self, mail: Mail, raw: bytes) -> str:
        """A mail with files is kept, so that they can be fetched."""
        return self._write(raw, "") if mail.files and self._listener.keep_dir else ""

    def _put_aside(self, raw: bytes, error: Unreadable) -> str:
        log.error("email %s: a mail cannot be read: %s", self._config.name, error)
        if self._listener.keep_dir is None:
            return UNREADABLE
        self._write(raw, "unreadable-")
        self.quarantined += 1
        return STORED

    def _write(self, raw: bytes, prefix: str) -> str:
        name = f"{prefix}{hashlib.blake2b(raw, digest_size=16).hexdigest()}.eml"
        folder = Path(self._listener.keep_dir or ".")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)
        return name


def _as_delivered(envelope: Envelope) -> bytes:
    """The mail with what the envelope says above it, as a mailbox would keep it."""
    content = envelope.original_content or b""
    sender = (envelope.mail_from or "").strip("<>")
    head = [f"Return-Path: <{sender}>", *(f"Delivered-To: {one}" for one in envelope.rcpt_tos)]
    return "".join(f"{line}\r\n" for line in head).encode("utf-8", "replace") + content

"""A mail server in the test's own loop: takes what it is sent, refuses on demand; and mails to write to the adapter."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

Hook = Callable[[SMTP], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class Taken:
    """One mail, as it arrived."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        return BytesParser(policy=policy.default).parsebytes(self.raw)

    def part(self, kind: str) -> str:
        body = self.mail.get_body((kind,))
        assert body is not None
        return str(body.get_content())

    @property
    def seen(self) -> str:
        """Subject and text, as a reader sees them."""
        return f"{self.mail['Subject']}\n{self.part('plain')}"


@dataclass
class MailServer:
    """`async with` starts it on a free port; `replies` are given instead of taking, one a command of that name."""

    size_limit: int = 10_000_000
    taken: list[Taken] = field(default_factory=list)
    replies: dict[str, deque[str | Hook]] = field(default_factory=dict)
    connections: int = 0
    port: int = 0
    _server: asyncio.Server | None = None
    _open: list[SMTP] = field(default_factory=list)

    def script(self, command: str, *replies: str | Hook) -> None:
        self.replies.setdefault(command, deque()).extend(replies)

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802, E501
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return await self._scripted("MAIL", server) or "250 ok"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802, E501
        if (reply := await self._scripted("RCPT", server)) is not None:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if (reply := await self._scripted("DATA", server)) is not None:
            return reply
        raw = envelope.original_content or b""
        self.taken.append(Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw))
        return f"250 2.0.0 queued as Q{len(self.taken)}"

    async def cut_all(self) -> None:
        """Every connection is lost."""
        for protocol in self._open:
            if protocol.transport is not None:
                protocol.transport.close()
        self._open.clear()
        await asyncio.sleep(0)

    async def _scripted(self, command: str, server: SMTP) -> str | None:
        waiting = self.replies.get(command)
        if not waiting:
            return None
        reply = waiting.popleft()
        return reply if isinstance(reply, str) else await reply(server)

    def _protocol(self) -> SMTP:
        self.connections += 1
        protocol = SMTP(
            self, data_size_limit=self.size_limit, enable_SMTPUTF8=True, hostname="mx.test.example",
            authenticator=lambda *_: AuthResult(success=True), auth_require_tls=False,
        )
        self._open.append(protocol)
        return protocol

    async def __aenter__(self) -> Self:
        self._server = await asyncio.get_running_loop().create_server(self._protocol, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Nobody listens any more; safe to call twice."""
        await self.cut_all()
        if self._server is not None:
            self._server.close()
        for _ in range(3):  # transports close in the next turns of the loop
            await asyncio.sleep(0)


async def cut(server: SMTP) -> None:
    """A script: the connection is lost before the answer."""
    assert server.transport is not None
    server.transport.close()


BY_MX = "Received: from mail.partner.example by mx.pb.example with ESMTPS id 1; Thu, 01 Jan 2026 01:00:02 +0000\r\n"


def written(
    text: str, *, key: str = "m1", sender: str = "li@partner.example", subject: str = "Re: x", passed: bool = True,
    **fields: Any,
) -> bytes:
    """A mail somebody wrote, as our receiving server hands it over."""
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, "bot@pb.example", subject
    mail["Message-ID"], mail["Date"] = f"<{key}@partner.example>", "Thu, 26 Nov 2026 09:00:00 +0800"
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text.encode("utf-8", "replace").decode(), cte="base64")
    domain = sender.rpartition("@")[2].strip("<> ")
    proof = f"Authentication-Results: mx.pb.example; dmarc=pass header.from={domain}\r\n" if passed else ""
    return (proof + BY_MX).encode() + mail.as_bytes()

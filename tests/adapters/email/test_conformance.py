"""Mail behaves as every adapter must: questions through the listener, and through a mailbox of a real Dovecot."""

import asyncio
import imaplib
import smtplib
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiosmtplib
import pytest
from aiosmtpd.smtp import SMTP

from adapters.email import EmailAdapter
from adapters.email.adapter import ADAPTER
from bot.contracts import Card, InboundMessage, NotStored, OutboundMessage, Receipt
from bot.testing import MovableClock, RecordingHost, outbound
from bot.testing.conformance import AdapterContract, Stage, Trouble
from bot.testing.messages import WHEN
from tests.adapters.email.conftest import ADDRESS, configuration
from tests.adapters.email.mailbox import Hook, MailServer, cut, written
from tests.adapters.email.servers import Servers

PASSWORD = "password-of-the-bot"


async def hang(server: SMTP) -> None:
    """A script: the mail is never answered for."""
    await asyncio.Event().wait()


SCRIPTS: Mapping[Trouble, tuple[str, str | Hook]] = {
    Trouble.REFUSED: ("DATA", "554 5.6.0 we do not like what it says"),
    Trouble.FORBIDDEN: ("RCPT", "550 5.1.1 no such user here"),
    Trouble.THROTTLED: ("RCPT", "452 4.5.3 too many recipients this hour"),
    Trouble.BUSY: ("DATA", "451 4.3.0 try again later"),
    Trouble.SILENT: ("DATA", hang),
    Trouble.CUT: ("DATA", cut),
}


class EmailStage(Stage):
    """Questions handed over as a relay does, answers by SMTP."""

    cannot = frozenset[Trouble]()

    def __init__(self, host: RecordingHost, server: MailServer, **way_in: Any) -> None:
        smtp = {"host": "127.0.0.1", "port": server.port, "security": "none", "username": "bot", "password": PASSWORD}
        super().__init__(ADAPTER, configuration(server, smtp=smtp, **(way_in or {"listener": {"port": 0}})), host)
        self.server = server

    async def says(self, text: str, key: str) -> bool:
        return await self.deliver(written(text, key=key))

    def genuine(self, text: str, key: str) -> bytes | None:
        return written(text, key=key)

    async def deliver(self, body: bytes) -> bool:
        assert isinstance(self.adapter, EmailAdapter)
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=self.adapter.listening_port, timeout=5)
        async with client:
            try:
                await client.sendmail("li@partner.example", [ADDRESS], body)
            except aiosmtplib.SMTPDataError:
                return False
        return True

    async def pretends(self, text: str, key: str) -> None:
        await self.deliver(written(text, key=key, passed=False))

    async def provoke(self, trouble: Trouble) -> None:
        if trouble is Trouble.UNREACHABLE:
            await self.server.close()
        else:
            self.server.script(*SCRIPTS[trouble])

    def message(self, *cards: Card, **more: Any) -> OutboundMessage:
        return outbound(*cards, adapter=self.config.name, conversation="li@partner.example", **more)

    def arrived(self) -> list[str]:
        return [taken.seen for taken in self.server.taken]

    def largest_payload(self) -> int:
        return max(len(taken.raw) for taken in self.server.taken)


class TestEmail(AdapterContract):
    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with RecordingHost(MovableClock(WHEN)) as host, MailServer() as server:
            stage = EmailStage(host, server)
            await stage.adapter.start(host)
            yield stage
            await stage.adapter.stop()


class CountingHost(RecordingHost):
    """Counts what it could not store."""

    refused = 0

    async def receive(self, message: InboundMessage) -> Receipt:
        try:
            return await super().receive(message)
        except NotStored:
            self.refused += 1
            raise


class MailboxStage(EmailStage):
    """Questions that lie in a mailbox; one is acknowledged when it has left the inbox."""

    def __init__(self, host: CountingHost, server: MailServer, servers: Servers, inbox: imaplib.IMAP4) -> None:
        login = {"host": "localhost", "username": "bot", "password": "secret", "ca_file": servers.ca_file}
        super().__init__(host, server, imap=login | {"port": servers.ports["imaps"], "security": "tls"})
        self.counting, self.servers, self.inbox = host, servers, inbox

    def genuine(self, text: str, key: str) -> None:
        """Generated payloads are read by the same code as the listener's; pushes of Dovecot take half a second each."""

    async def deliver(self, body: bytes) -> bool:
        refused = self.counting.refused
        try:
            await asyncio.to_thread(self.servers.deliver_straight, body)
        except smtplib.SMTPException:  # the server would not have it
            return False
        while await asyncio.to_thread(self.waiting):
            if self.counting.refused > refused:
                return False
        return True

    def waiting(self) -> int:
        """Mails in the inbox."""
        told = self.inbox.status("INBOX", "(MESSAGES)")[1][0]
        return int(bytes(told).rpartition(b"MESSAGES ")[2].strip(b" )"))


@pytest.mark.mail
class TestMailbox(AdapterContract):
    @pytest.fixture
    async def stage(self, servers: Servers) -> AsyncIterator[Stage]:
        with imaplib.IMAP4("127.0.0.1", servers.ports["imap"]) as inbox:
            inbox.login("bot", "secret")
            async with CountingHost(MovableClock(WHEN)) as host, MailServer() as server:
                stage = MailboxStage(host, server, servers, inbox)
                if stage.waiting():
                    servers.empty()
                await stage.adapter.start(host)
                yield stage
                await stage.adapter.stop()

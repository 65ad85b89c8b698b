"""Mail behaves as every adapter must: questions through the listener, answers to a server in the same loop."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiosmtplib
import pytest
from aiosmtpd.smtp import SMTP

from adapters.email import EmailAdapter
from adapters.email.adapter import ADAPTER
from bot.contracts import Card, OutboundMessage
from bot.testing import MovableClock, RecordingHost, outbound
from bot.testing.conformance import AdapterContract, Stage, Trouble
from bot.testing.messages import WHEN
from tests.adapters.email.conftest import ADDRESS, configuration
from tests.adapters.email.mailbox import Hook, MailServer, cut, written

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

    def __init__(self, host: RecordingHost, server: MailServer) -> None:
        smtp = {"host": "127.0.0.1", "port": server.port, "security": "none", "username": "bot", "password": PASSWORD}
        super().__init__(ADAPTER, configuration(server, listener={"port": 0}, smtp=smtp), host)
        self.server = server

    async def says(self, text: str, key: str) -> bool:
        return await self.deliver(self.genuine(text, key))

    def genuine(self, text: str, key: str) -> bytes:
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

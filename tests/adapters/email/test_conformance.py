"""Mail behaves as every adapter must: questions through the listener, answers to a server in the same loop."""

from collections.abc import AsyncIterator
from typing import Any

import aiosmtplib
import pytest

from adapters.email import EmailAdapter
from adapters.email.adapter import ADAPTER
from bot.contracts import Card, OutboundMessage
from bot.testing import MovableClock, RecordingHost, outbound
from bot.testing.conformance import AdapterContract, Stage
from bot.testing.messages import WHEN
from tests.adapters.email.conftest import ADDRESS, configuration
from tests.adapters.email.mailbox import MailServer, written


class EmailStage(Stage):
    """Questions handed over as a relay does, answers by SMTP."""

    def __init__(self, host: RecordingHost, server: MailServer) -> None:
        super().__init__(ADAPTER, configuration(server, listener={"port": 0}), host)
        self.server = server

    async def says(self, text: str, key: str) -> bool:
        assert isinstance(self.adapter, EmailAdapter)
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=self.adapter.listening_port, timeout=5)
        async with client:
            try:
                await client.sendmail("li@partner.example", [ADDRESS], written(text, key=key))
            except aiosmtplib.SMTPDataError:
                return False
        return True

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

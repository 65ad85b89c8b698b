"""What tests of the mail adapter share."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from adapters.email import EmailAdapter, EmailConfig
from bot.testing import MovableClock, RecordingHost
from bot.testing.dns import NameServer
from bot.testing.messages import WHEN
from tests.adapters.email.mailbox import MailServer

ADDRESS = "bot@pb.example"
TRUST = {"authserv_id": "mx.pb.example"}


def configuration(server: MailServer | None = None, **more: Any) -> EmailConfig:
    """A mailbox that trusts its own receiving server."""
    values: dict[str, Any] = {
        "name": "mail", "type": "email", "address": ADDRESS, "domains": ["partner.example"], "trust": TRUST,
    }
    if server is not None:
        values["smtp"] = {"host": "127.0.0.1", "port": server.port, "security": "none"}
    return EmailConfig.model_validate(values | more)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(WHEN)


@pytest.fixture
async def host(clock: MovableClock) -> AsyncIterator[RecordingHost]:
    async with RecordingHost(clock) as host:
        yield host


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer() as server:
        yield server


@pytest.fixture
async def adapter(host: RecordingHost, server: MailServer) -> AsyncIterator[EmailAdapter]:
    adapter = EmailAdapter(configuration(server))
    await adapter.start(host)
    yield adapter
    await adapter.stop()


@pytest.fixture
def make(host: RecordingHost, server: MailServer) -> Callable[..., EmailAdapter]:
    """An adapter with other settings; not started."""
    return lambda **more: EmailAdapter(configuration(server, **more))


@pytest.fixture
async def name_server() -> AsyncIterator[NameServer]:
    async with NameServer() as name_server:
        yield name_server

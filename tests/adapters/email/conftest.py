"""What tests of the mail adapter share."""

import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.email import EmailAdapter, EmailConfig
from bot.testing import MovableClock, RecordingHost
from bot.testing.dns import NameServer
from bot.testing.messages import WHEN
from tests.adapters.email.mailbox import MailServer
from tests.adapters.email.servers import Servers, running, why_not

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


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """A real Postfix and a real Dovecot; tests leave them running and empty what they need empty."""
    if (lacking := why_not()) is not None:
        if os.environ.get("PARCELBRIDGE_TESTS_NO_SKIP"):
            pytest.fail(lacking)
        pytest.skip(lacking)
    with tempfile.TemporaryDirectory(prefix="parcelbridge-mail-") as folder, running(Path(folder)) as servers:
        yield servers

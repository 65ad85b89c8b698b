"""A provider that gives a new refresh token with each answer and takes the old one back: a restart goes on with it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from cryptography.fernet import Fernet
from pydantic import ValidationError

from adapters.email import EmailAdapter
from adapters.email.config import OAuth
from adapters.email.oauth import NoToken, Tokens
from adapters.email.refresh import KEY, NOT_KEPT
from bot.contracts import AdapterState, NotStored, Sent
from bot.testing import LoopbackServer, MovableClock, RecordingHost, outbound
from bot.testing.state import MemoryState
from tests.adapters.email.conftest import configuration
from tests.adapters.email.test_oauth import TokenMailServer

HOUR = timedelta(hours=1)
BOX, OTHER_BOX = Fernet.generate_key().decode(), Fernet.generate_key().decode()


class Rotating(LoopbackServer):
    """Gives a new refresh token with each access token; one used twice ends it for good, as providers do."""

    def __init__(self) -> None:
        super().__init__()
        self.good = "r0"
        self.asked: list[str] = []

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/token", self._give)

    async def _give(self, request: web.Request) -> web.Response:
        shown = str((await request.post())["refresh_token"])
        self.asked.append(shown)
        if shown != self.good:
            return web.json_response({"error": "invalid_grant"}, status=400)
        self.good = f"refresh-{len(self.asked)}"
        return web.json_response({"access_token": f"t-{shown}", "expires_in": 3600, "refresh_token": self.good})


@pytest.fixture
async def giver() -> AsyncIterator[Rotating]:
    async with Rotating() as giver:
        yield giver


def keys(giver: Rotating, *boxes: str, given: str = "r0") -> dict[str, Any]:
    return {"token_url": f"{giver.base_url}/token", "client_id": "c", "refresh_token": given, "token_keys": boxes}


def started(host: RecordingHost, giver: Rotating, *boxes: str, given: str = "r0") -> Tokens:
    """As after a restart."""
    tokens = Tokens(OAuth.model_validate(keys(giver, *boxes, given=given)), "mail")
    tokens.use(host)
    return tokens


async def test_a_restart_goes_on_with_the_newest_token(giver: Rotating, host: RecordingHost) -> None:
    assert await started(host, giver, BOX).get() == "t-r0"
    assert await started(host, giver, BOX).get() == "t-refresh-1"
    assert await started(host, giver, BOX).get() == "t-refresh-2"
    assert giver.asked == ["r0", "refresh-1", "refresh-2"]


async def test_what_is_kept_can_be_read_by_nobody_else(giver: Rotating, host: RecordingHost) -> None:
    await started(host, giver, BOX).get()
    kept = await host.state("mail").get(KEY)
    assert kept is not None
    assert giver.good not in kept
    with pytest.raises(NoToken):
        await started(host, giver, OTHER_BOX).get()
    assert giver.asked[-1] == "r0"


async def test_keys_can_be_changed(giver: Rotating, host: RecordingHost) -> None:
    await started(host, giver, BOX).get()
    assert await started(host, giver, OTHER_BOX, BOX).get() == "t-refresh-1"
    assert await started(host, giver, OTHER_BOX).get() == "t-refresh-2"


async def test_a_fresh_token_of_a_person_goes_before_what_is_kept(giver: Rotating, host: RecordingHost) -> None:
    await started(host, giver, BOX).get()
    giver.good = "fresh"
    assert await started(host, giver, BOX, given="fresh").get() == "t-fresh"


async def test_a_token_that_another_process_renewed_is_taken_over(
    giver: Rotating, host: RecordingHost, clock: MovableClock
) -> None:
    first, second = started(host, giver, BOX), started(host, giver, BOX)
    assert await first.get() == "t-r0"
    assert await second.get() == "t-refresh-1"
    clock.advance(HOUR)
    assert await first.get() == "t-refresh-2"
    assert giver.asked == ["r0", "refresh-1", "refresh-1", "refresh-2"]


class Full(MemoryState):
    """Stores nothing while it is full."""

    full = False

    async def get(self, key: str) -> str | None:
        if self.full:
            raise NotStored("full")
        return await super().get(key)

    async def put(self, key: str, value: str, **more: Any) -> None:
        if self.full:
            raise NotStored("full")
        await super().put(key, value, **more)


class FullHost(RecordingHost):
    """One whose adapter state can be full."""

    def __init__(self, clock: MovableClock) -> None:
        super().__init__(clock)
        self.kept = Full(self.now)

    def state(self, adapter: str) -> AdapterState:
        return self.kept


async def test_what_cannot_be_stored_now_is_used_and_stored_later(giver: Rotating, clock: MovableClock) -> None:
    async with FullHost(clock) as host:
        tokens = started(host, giver, BOX)
        await tokens.get()
        host.kept.full = True
        clock.advance(HOUR)
        assert await tokens.get() == "t-refresh-1"
        with pytest.raises(NoToken, match="from the store"):  # a spent one is not tried
            await started(host, giver, BOX).get()
        host.kept.full = False
        assert await tokens.get() == "t-refresh-1"
        assert await started(host, giver, BOX).get() == "t-refresh-2"


async def test_without_keys_health_says_that_a_restart_forgets(giver: Rotating, host: RecordingHost) -> None:
    tokens = started(host, giver)
    assert tokens.worry == ""
    await tokens.get()
    assert tokens.worry == NOT_KEPT
    assert await host.state("mail").get(KEY) is None


async def test_health_names_it(giver: Rotating, host: RecordingHost) -> None:
    async with TokenMailServer() as server:
        login = {"host": "127.0.0.1", "port": server.port, "security": "none", "username": "bot"}
        adapter = EmailAdapter(configuration(smtp=login, oauth=keys(giver)))
        await adapter.start(host)
        assert adapter.health().state == "up"
        assert isinstance(await adapter.send(outbound("a", conversation="li@partner.example")), Sent)
        assert (adapter.health().state, adapter.health().detail) == ("degraded", NOT_KEPT)
        await adapter.stop()


def test_a_key_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError, match="32 bytes in base64"):
        OAuth.model_validate({"token_url": "https://x.example", "client_id": "c", "token_keys": ["short"]})

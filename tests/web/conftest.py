"""A whole service on a fresh SQLite file and a free port, and a client that talks to it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.app import Service
from bot.clock import MovableClock
from bot.people.service import partner_ids
from bot.settings.load import check_settings
from bot.web.tokens import TokenRole, make_token

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
CONFIG: dict[str, Any] = {
    "web": {"host": "127.0.0.1", "port": 0},
    "partners": [{"code": "CAINIAO", "name": "菜鸟"}, {"code": "JITU", "name": "集途"}],
    "feeds": [{"name": "cainiao", "usual_gap": "2h"}, {"name": "quiet"}],
    "adapters": [{"name": "local", "type": "local"}],
    "contacts": [
        {"name": "李娜", "partner": "CAINIAO", "addresses": {"local": "lina"}},
        {"name": "王伟", "partner": "JITU", "addresses": {"local": "wangwei"}},
        {"name": "Desk", "role": "operator", "addresses": {"local": "desk"}},
    ],
}
MINE = "LX123456785CN"
THEIRS = "LX987654326CN"


def event(number: object = MINE, partner: str = "CAINIAO", **more: object) -> dict[str, object]:
    """One believable event."""
    return {
        "tracking_number": number, "partner": partner, "lane": "HGH-air-LGG-BE", "milestone": "COLLECTED",
        "occurred_at": "2026-11-20T10:00:00+08:00", "reported_at": "2026-11-20T10:05:00+08:00", "location": "Hangzhou",
        "source": "cainiao",
    } | more


@dataclass(frozen=True)
class Web:
    """What tests talk to."""

    service: Service
    client: ClientSession
    clock: MovableClock

    async def token(self, role: str, partner: str | None = None) -> dict[str, str]:
        """Headers with a fresh token."""
        store = self.service.rooms.store
        known = await store.read(partner_ids)
        partner_id = known[partner] if partner else None
        token = await store.write(lambda conn: make_token(conn, TokenRole(role), partner_id=partner_id, now=NOW))
        return {"Authorization": f"Bearer {token}"}

    async def post(self, path: str, **how: Any) -> tuple[int, Any]:
        """Status and JSON of a POST."""
        async with self.client.post(path, **how) as response:
            return response.status, await response.json()

    async def get(self, path: str, **how: Any) -> tuple[int, Any]:
        """Status and JSON of a GET."""
        async with self.client.get(path, **how) as response:
            return response.status, await response.json()


@pytest.fixture
async def web(sqlite_url: str) -> AsyncIterator[Web]:
    """The service, started."""
    clock = MovableClock(NOW, running=True)
    service = Service(check_settings(CONFIG | {"store": {"url": sqlite_url}}, "test"), clock=clock)
    await service.start()
    async with ClientSession(service.address) as client:
        yield Web(service, client, clock)
    assert await service.stop()

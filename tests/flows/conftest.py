"""Whole services through real parts: a fake DingTalk on loopback, a real store, real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.app import Service
from bot.settings.load import check_settings
from bot.testing import FakeDingTalk

NUMBER = "LX123456785CN"
THEIRS = "LX987654326CN"


def event(number: str = NUMBER, partner: str = "CAINIAO", **more: object) -> dict[str, object]:
    """One believable event."""
    return {
        "tracking_number": number, "partner": partner, "lane": "HGH-air-LGG-BE", "milestone": "COLLECTED",
        "occurred_at": "2026-11-20T10:00:00+08:00", "reported_at": "2026-11-20T10:05:00+08:00", "source": "cainiao",
    } | more


def configuration(url: str, *adapters: dict[str, Any]) -> dict[str, Any]:
    """Plain settings of a service of two partners on a free port."""
    return {
        "store": {"url": url},
        "web": {"port": 0},
        "partners": [{"code": "CAINIAO", "name": "菜鸟"}, {"code": "JITU", "name": "集途"}],
        "adapters": [*adapters, {"name": "local", "type": "local"}],
        "contacts": [{"name": "李娜", "partner": "CAINIAO", "addresses": {"local": "lina"}}],
    }


@asynccontextmanager
async def serving(raw: dict[str, Any]) -> AsyncIterator[Service]:
    """A started service."""
    service = Service(check_settings(raw, "test"))
    await service.start()
    try:
        yield service
    finally:
        assert await service.stop()


async def until(happened: Callable[[], object], seconds: float = 10.0) -> None:
    """Return as soon as it has happened. Raises `TimeoutError` when it has not in time."""
    async with asyncio.timeout(seconds):
        while not happened():
            await asyncio.sleep(0.01)


@pytest.fixture
async def dingtalk() -> AsyncIterator[FakeDingTalk]:
    """A fake DingTalk."""
    async with FakeDingTalk() as fake:
        yield fake

"""A stand-in for every service, and a door to it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.clock import MovableClock
from bot.outside.door import OutsideDoor
from bot.outside.opening import open_door
from bot.outside.proposal import Proposal
from bot.settings.load import check_settings
from bot.store import Store
from bot.testing.outside import OutsideServices

NOW = datetime(2026, 11, 24, 7, 2, tzinfo=UTC)
UNREAD = "voisitteko katsoa onko jokin jäljessä"
"""In no language of ours: not one word of it speaks for anything."""


@pytest.fixture
async def services() -> AsyncIterator[OutsideServices]:
    """The stand-in."""
    async with OutsideServices() as running:
        yield running


def said(intent: str, **slots: object) -> str:
    """What a model says that keeps to the form."""
    return json.dumps({"intent": intent, "slots": slots}, ensure_ascii=False)


@asynccontextmanager
async def door_to(
    services: OutsideServices, store: Store, *, clock: MovableClock | None = None, translation: str = "off",
    model: dict[str, Any] | None = None,
) -> AsyncIterator[OutsideDoor]:  # fmt: skip
    """A door to the model of the stand-in, and to a translation service; `model` changes keys of its table."""
    raw: dict[str, Any] = {"understanding": {"model": services.model | (model or {})}}
    if translation != "off":
        raw["translation"] = services.translation(translation)
    door = open_door(check_settings(raw, "test"), store, clock or MovableClock(NOW))
    try:
        yield door
    finally:
        await door.close()


async def ask(door: OutsideDoor, text: str = UNREAD, *names: str) -> Proposal | None:
    """One question."""
    return await door.propose(text, names=names, now=NOW)

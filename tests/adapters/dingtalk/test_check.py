"""The doctor's live test: each thing that can be wrong is named with its fix."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.dingtalk import ADAPTER, DingTalkConfig
from bot.contracts import Health
from bot.testing import Answer, FakeDingTalk, MovableClock, RecordingHost, Sink


@pytest.fixture
async def fake() -> AsyncIterator[FakeDingTalk]:
    async with FakeDingTalk() as fake:
        yield fake


async def checked(keys: dict[str, Any], clock: MovableClock | None = None) -> Health:
    async with RecordingHost(clock) as host:
        return await ADAPTER.create(DingTalkConfig.model_validate(keys)).check(host)


async def test_right_credentials_are_taken(fake: FakeDingTalk) -> None:
    assert await checked(fake.configuration()) == Health(True, "up", "the credentials are taken")


async def test_in_stream_mode_a_connection_can_be_registered_and_none_is_opened(fake: FakeDingTalk) -> None:
    health = await checked(fake.configuration(mode="stream"))
    assert (health.ok, health.detail) == (True, "the credentials are taken, Stream can be registered")
    assert len(fake.stream.registrations) == 1
    assert fake.stream.past == []


async def test_a_robot_that_is_not_in_stream_mode_is_told(fake: FakeDingTalk) -> None:
    fake.stream.refusals.append((400, {"code": "systemError"}))
    health = await checked(fake.configuration(mode="stream"))
    assert (health.ok, health.state) == (False, "no stream")
    assert "Stream mode" in health.detail


async def test_wrong_credentials_are_named(fake: FakeDingTalk) -> None:
    health = await checked(fake.configuration(client_secret="wrong"))
    assert (health.ok, health.state) == (False, "refused")
    assert "invalidClientIdOrSecret" in health.detail
    assert "client_secret" in health.detail


async def test_a_key_that_is_missing_or_looks_pasted_wrongly_is_named(fake: FakeDingTalk) -> None:
    assert (await checked(fake.configuration(corp_id=None))).detail == "add corp_id"
    assert "client_secret" in (await checked(fake.configuration(client_secret="fake-client-secret\n"))).detail


async def test_a_clock_that_differs_is_seen_before_signatures_fail(fake: FakeDingTalk) -> None:
    ahead = MovableClock(datetime.now(UTC) + timedelta(minutes=20))
    health = await checked(fake.configuration(), ahead)
    assert (health.ok, health.state) == (False, "clock")


async def test_nobody_there_or_somebody_else_is_told_apart_from_refused(fake: FakeDingTalk) -> None:
    async with Sink() as somebody:
        somebody.script(Answer("<html>", status=503))
        health = await checked(fake.configuration(api_base_url=somebody.base_url))
    assert (health.ok, health.state) == (False, "unreachable")
    health = await checked(fake.configuration(api_base_url="http://127.0.0.1:9"))
    assert (health.ok, health.state) == (False, "unreachable")
    assert "api_base_url" in health.detail


async def test_custom_robots_are_not_tried_because_every_try_would_post() -> None:
    health = await checked({"name": "d", "type": "dingtalk", "custom_robots": {"r": {"access_token": "x"}}})
    assert (health.ok, health.state) == (True, "push only")

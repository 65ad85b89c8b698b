"""A service one of whose adapters fails, at its start and later: the others answer, it is named, it comes back."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.app import Service
from bot.clock import MovableClock
from bot.outbox import MessageClass
from bot.people.tables import conversation
from bot.settings.load import check_settings
from tests.flows.conftest import configuration, until
from tests.outbox.channel import outgoing, put, states
from tests.supervision.flaky import ADAPTER, Flaky, install

FLAKY = {"name": "shaky", "type": "flaky"}


async def answer(client: ClientSession, service: Service, path: str, **more: Any) -> tuple[int, dict[str, Any]]:
    method = "POST" if more else "GET"
    async with client.request(method, f"{service.address}{path}", **more) as response:
        return response.status, await response.json()


async def told_of(client: ClientSession, service: Service, name: str = "adapter.shaky") -> str | None:
    _, body = await answer(client, service, "/readyz")
    return {issue["name"]: str(issue["detail"]) for issue in body["issues"]}.get(name)


async def waits_for(service: Service) -> None:
    """An alert to somebody of the failing channel."""
    values = {"adapter": "shaky", "external_id": "g1", "kind": "group", "created_at": service.clock.now()}
    store = service.rooms.store
    place = await store.write(
        lambda conn: int(conn.execute(conversation.insert().returning(conversation.c.id), values).scalar_one())
    )
    await put(store, outgoing(place, "k1", MessageClass.ALERT), at=service.clock.now())


async def test_the_others_answer_while_one_fails_and_its_queue_waits_until_it_is_back(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(ADAPTER, "broken_from_the_start", True)
    clock = MovableClock(running=True)
    service = Service(check_settings(configuration(sqlite_url, FLAKY), "test"), clock=clock)
    await service.start()
    shaky: Flaky = ADAPTER.made
    try:
        async with ClientSession() as client:
            said = {"contact": "lina", "text": "你好"}
            status, body = await answer(client, service, "/api/v1/chat", json=said)
            assert (status, "包裹桥" in body["replies"][0]["text"]) == (200, True)
            assert "port 2525 is taken" in (await told_of(client, service) or "")
            assert (await answer(client, service, "/webhooks/shaky", data=b"{}"))[0] == 503
            await waits_for(service)
            clock.advance(timedelta(seconds=2))
            assert ((await states(service.rooms.store))["k1"], shaky.got) == ("ready", [])

            clock.advance(timedelta(minutes=11))
            waiting = await told_of(client, service, "adapter.shaky.waiting") or ""
            assert waiting == "1 messages wait for it, the oldest for 11 min"
            assert (await told_of(client, service) or "").endswith(" (for 11 min)")
            async with client.get(f"{service.address}/metrics") as response:
                assert 'outbox_behind_seconds{adapter="shaky"}' in await response.text()

            shaky.fails_to_start = None
            clock.advance(timedelta(minutes=6))
            await until(lambda: shaky.got)
            await until(lambda: service.rooms.sender.in_flight == 0)
            assert await told_of(client, service) is None
            assert await told_of(client, service, "adapter.shaky.waiting") is None

            shaky.has_ended = "the socket's task died"
            clock.advance(timedelta(seconds=10))
            await until(lambda: shaky.stops > 1)
            assert "the socket's task died" in (await told_of(client, service) or "")
            assert (await answer(client, service, "/api/v1/chat", json=said))[0] == 200
            clock.advance(timedelta(minutes=6))
            await until(lambda: service.rooms.supervision.is_up("shaky"))
            assert await told_of(client, service) is None
            shaky.fails_to_stop = RuntimeError("cannot stop")
    finally:
        began = time.monotonic()
        assert await service.stop()
        assert time.monotonic() - began < 10

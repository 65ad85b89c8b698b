"""What `/readyz` names: silent sources by the rule answers use, requests nobody was told of."""

from datetime import UTC, datetime, timedelta

from aiohttp import ClientSession

from bot.app import Service
from bot.clock import MovableClock
from bot.doctor import examine
from bot.people.tables import conversation
from bot.settings.load import check_settings
from tests.flows.conftest import configuration, event, serving

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


async def issues(service: Service) -> dict[str, str]:
    async with ClientSession() as session, session.get(f"{service.address}/readyz") as response:
        assert response.status == 200
        return {issue["name"]: issue["detail"] for issue in (await response.json())["issues"]}


async def test_a_source_is_silent_after_three_usual_gaps_and_never_before_two_hours(sqlite_url: str) -> None:
    raw = configuration(sqlite_url) | {"feeds": [
        {"name": "quick", "usual_gap": "5m"}, {"name": "slow", "usual_gap": "1h"}, {"name": "unheard"},
    ]}  # fmt: skip
    clock = MovableClock(NOW)
    service = Service(check_settings(raw, "test"), clock=clock)
    await service.start()
    try:
        for name in ("quick", "slow"):
            told = event(source=name, reported_at=NOW.isoformat())
            await service.rooms.ingest.take_objects([told], partner=None, source=name)
        clock.advance(timedelta(minutes=119))
        assert await issues(service) == {}
        clock.advance(timedelta(minutes=2))
        assert await issues(service) == {"feed.quick": "nothing was reported for 2 h"}
        clock.advance(timedelta(hours=1))
        assert set(await issues(service)) == {"feed.quick", "feed.slow"}
    finally:
        assert await service.stop()


async def test_a_request_nobody_could_be_told_of_is_named_until_the_desk_has_been_met(sqlite_url: str) -> None:
    async with serving(configuration(sqlite_url)) as service, ClientSession() as session:
        chat = {"contact": "lina", "text": "转人工"}
        async with session.post(f"{service.address}/api/v1/chat", json=chat) as response:
            assert "C-1" in (await response.json())["replies"][0]["text"]
        assert await issues(service) == {"cases.desk": "nobody of the desk was told of 1 open requests"}


async def test_conversations_that_cannot_be_reached_are_named(sqlite_url: str) -> None:
    async with serving(configuration(sqlite_url)) as service:
        rows = [{"adapter": "local", "external_id": f"c{n}", "kind": "group", "created_at": NOW, "broken": "gone",
                 "title": "欧线群" if n == 0 else None} for n in range(5)]  # fmt: skip
        await service.rooms.store.write(lambda conn: conn.execute(conversation.insert(), rows).close())
        detail = (await issues(service))["outbox.broken"]
        assert detail == (
            "5 conversations cannot be reached (local: 欧线群, local: c1, local: c2, ...), 0 messages wait for them"
        )


async def test_odd_events_of_a_feed_are_named_to_administrators_everywhere(sqlite_url: str) -> None:
    raw = configuration(sqlite_url)
    async with serving(raw) as service:
        now = service.clock.now()
        ahead = event(source="cainiao", occurred_at=(now + timedelta(hours=8)).isoformat(), reported_at=now.isoformat())
        await service.rooms.ingest.take_objects([ahead], partner=None, source="t")
        assert "1 events lie in the future" in (await issues(service))["feed.cainiao.future"]
        async with ClientSession() as session, session.get(f"{service.address}/metrics") as response:
            assert 'feed_quarantined{feed="cainiao"} 1' in await response.text()
        found = {one.about: one for one in await examine(check_settings(raw, "test"), "test")}
        assert found["feed cainiao"].verdict == "note"
        assert "8 h 0 min ahead" in found["feed cainiao"].detail
        assert "time_zone" in found["feed cainiao"].fix

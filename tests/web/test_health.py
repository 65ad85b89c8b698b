"""Liveness, readiness with named issues, figures, and the headers of every answer."""

from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from tests.web.conftest import Web, event


async def test_alive(web: Web) -> None:
    assert await web.get("/healthz") == (200, {"status": "alive"})


async def test_ready_when_all_is_well(web: Web) -> None:
    assert await web.get("/readyz") == (200, {"status": "ready", "issues": []})


async def test_not_ready_with_tables_of_another_revision_and_the_fix_is_named(web: Web) -> None:
    await web.service.rooms.store.write(
        lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = '0000'")).close()
    )
    status, answer = await web.get("/readyz")
    assert (status, answer["status"]) == (503, "not ready")
    [issue] = answer["issues"]
    assert (issue["name"], issue["blocking"]) == ("migrations", True)


async def test_not_ready_when_no_adapter_is_up(web: Web) -> None:
    await web.service.rooms.adapters["local"].stop()
    status, answer = await web.get("/readyz")
    assert (status, answer["issues"][0]["name"]) == (503, "adapter.local")


async def test_a_source_that_fell_silent_is_named_and_does_not_stop_us(web: Web) -> None:
    told = event(source="cainiao", occurred_at="2026-11-25T07:50:00Z", reported_at="2026-11-25T07:55:00Z")
    await web.post("/api/v1/events", json=told, headers=await web.token("feed"))
    assert (await web.get("/readyz"))[1]["issues"] == []
    web.clock.advance(timedelta(hours=7))
    status, answer = await web.get("/readyz")
    assert (status, [issue["name"] for issue in answer["issues"]]) == (200, ["feed.cainiao"])


async def test_figures_are_read_by_prometheus_and_move(web: Web) -> None:
    await web.post("/api/v1/chat", json={"contact": "lina", "text": "你好"})
    async with web.client.get("/metrics") as response:
        assert response.headers["Content-Type"].startswith("text/plain")
        families = {family.name: family for family in text_string_to_metric_families(await response.text())}
    handled = {s.labels["outcome"]: s.value for s in families["parcelbridge_inbox_messages"].samples}
    assert handled["handled"] == 1
    assert families["parcelbridge_store_up"].samples[0].value == 1
    assert families["parcelbridge_http_answers"].type == "counter"


async def test_every_answer_carries_the_headers_browsers_go_by(web: Web) -> None:
    for path in ("/healthz", "/nope", "/openapi.json"):
        async with web.client.get(path) as response:
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["X-Frame-Options"] == "DENY"
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]
            assert "aiohttp" not in response.headers["Server"]

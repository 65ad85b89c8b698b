"""Events in, the parcel out."""

from tests.web.conftest import MINE, Web, event


async def test_events_handed_in_are_seen_in_the_parcel(web: Web) -> None:
    departed = event(
        milestone="LINEHAUL_DEPARTED", occurred_at="2026-11-22T20:00:00+08:00", linehaul="CV7911/2026-11-22",
        reported_at="2026-11-22T20:10:00+08:00",
    )
    feed, api = await web.token("feed"), await web.token("api", "CAINIAO")
    status, counts = await web.post("/api/v1/events", json=[event(), departed], headers=feed)
    assert (status, counts) == (200, {"read": 2, "new": 2, "duplicate": 0, "rejected": 0, "errors": []})
    status, parcel = await web.get(f"/api/v1/parcels/{MINE.lower()}", headers=api)
    assert status == 200
    assert parcel["number"] == MINE
    assert parcel["status"]["milestone"] == "LINEHAUL_DEPARTED"
    assert [e["milestone"] for e in parcel["events"]] == ["LINEHAUL_DEPARTED", "COLLECTED"]
    assert parcel["linehaul"]["number"] == "CV7911"
    assert parcel["prediction"]["earliest"] < parcel["prediction"]["latest"]
    assert {"promise", "holds", "data_as_of", "earlier"} <= set(parcel)


async def test_the_same_events_again_change_nothing(web: Web) -> None:
    feed = await web.token("feed")
    await web.post("/api/v1/events", json=event(), headers=feed)
    status, counts = await web.post("/api/v1/events", json=event(), headers=feed)
    assert (status, counts["new"], counts["duplicate"]) == (200, 0, 1)


async def test_a_single_object_is_taken_like_an_array_of_one(web: Web) -> None:
    status, counts = await web.post("/api/v1/events", json=event(), headers=await web.token("feed"))
    assert (status, counts["read"], counts["new"]) == (200, 1, 1)

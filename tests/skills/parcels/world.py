"""A small world of parcels around 24 November 2026, 15:02 in Beijing, told in events as feeds tell it."""

from datetime import UTC, datetime
from typing import Any

from bot.clock import MovableClock
from bot.delays import Standards
from bot.people.tables import partner
from bot.store import Store
from bot.tracking.due import take_due
from bot.tracking.ingest import Ingest

NOW = datetime(2026, 11, 24, 7, 2, tzinfo=UTC)
WAYBILL = "172-12345675"
LANE = "PVG-air-LGG-BE-bpost"
USUAL_GAPS = {"pvg-hub": 1800.0, "lgg-hub": 3600.0}

CLEARING = "LX123456785CN"
HELD = "LX100000017CN"
DELIVERED = "LX100000025CN"
OUT = "LX100000034CN"
ATTEMPTED = "LX100000048CN"
RETURNING = "LX100000051CN"
ANNOUNCED = "LX100000065CN"
PICKUP = "LX100000079CN"
REUSED = "LX100000082CN"
LOST = "LX100000096CN"
ON_TRAIN = "LX100000105CN"
DAY_ONLY = "LX100000119CN"
SILENT = "LX100000122CN"
FLYING = "LX200000010CN"
ASKED_BACK = "LX200000023CN"
WEATHER = "LX200000037CN"
FOREIGN = "RB100000017BE"
NEIGHBOURS = tuple(f"LP0049275541{n:04d}" for n in range(4200, 4212))


def scan(number: str, milestone: str, at: str, **more: Any) -> dict[str, Any]:
    """One event of a parcel; `at` is `23T14:05` of November 2026, or a whole instant."""
    return {
        "tracking_number": number, "partner": "cainiao", "milestone": milestone, "occurred_at": instant(at),
        "reported_at": instant(at), "source": "lgg-hub", "lane": LANE, **more,
    }  # fmt: skip


def instant(at: str) -> str:
    return f"2026-11-{at}:00+00:00" if len(at) < 10 else at


def _flight() -> list[dict[str, Any]]:
    plan = {"LINEHAUL_DEPARTED": instant("22T22:40"), "LINEHAUL_ARRIVED": instant("23T11:05")}
    name = {"linehaul": "CV7911/2026-11-23", "source": "cargo"}
    return [
        {**name, "milestone": "LINEHAUL_DEPARTED", "occurred_at": instant("23T01:40"),
         "reported_at": instant("23T01:45"), "location": "PVG", "plan": plan,
         "contains": [WAYBILL], "lane": "PVG-air-LGG"},
        {**name, "milestone": "LINEHAUL_ARRIVED", "occurred_at": instant("23T14:05"),
         "reported_at": instant("23T14:10"), "location": "LGG"},
    ]  # fmt: skip


def _second_flight() -> list[dict[str, Any]]:
    """In the air, three hours behind its plan."""
    name = {"linehaul": "CV7912/2026-11-24", "source": "cargo", "lane": "PVG-air-LGG"}
    plan = {"LINEHAUL_DEPARTED": instant("24T00:30"), "LINEHAUL_ARRIVED": instant("24T11:00")}
    later = {"LINEHAUL_ARRIVED": instant("24T14:00")}
    return [
        {**name, "milestone": "INFO_UPDATE", "occurred_at": instant("23T20:00"), "reported_at": instant("23T20:00"),
         "plan": plan},
        {**name, "milestone": "LINEHAUL_DEPARTED", "occurred_at": instant("24T03:30"),
         "reported_at": instant("24T03:31"), "location": "PVG", "plan": later},
        scan(FLYING, "LINEHAUL_TENDERED", "23T22:00", linehaul="CV7912/2026-11-24", source="cargo",
             promised_at="2026-11-30"),
    ]  # fmt: skip


def _parcels() -> list[dict[str, Any]]:
    on = {"linehaul": WAYBILL}
    home = {"promised_at": "2026-11-27"}
    return [
        scan(CLEARING, "ANNOUNCED", "19T02:00", source="partner", aliases=["LP00492755414105"], **home),
        scan(CLEARING, "COLLECTED", "20T09:30", source="partner", location="义乌"),
        scan(CLEARING, "EXPORT_CUSTOMS_RELEASED", "22T06:00", source="partner", location="PVG", **on),
        scan(CLEARING, "HUB_RECEIVED", "23T18:10", location="BELGGA"),
        scan(CLEARING, "IMPORT_CUSTOMS_STARTED", "24T06:20", location="BELGGA"),
        scan(HELD, "HUB_RECEIVED", "23T18:10", location="LGG", **on, **home),
        scan(HELD, "IMPORT_CUSTOMS_HELD", "23T20:12", location="LGG", reason="CUS_VALUE"),
        scan(DELIVERED, "DELIVERED", "24T06:00", location="Namur, BE", source="bpost", **home),
        scan(OUT, "OUT_FOR_DELIVERY", "24T05:40", location="Charleroi, BE", source="bpost", **home),
        scan(ATTEMPTED, "DELIVERY_ATTEMPTED", "23T13:20", location="Wetteren, BE", source="bpost",
             reason="CON_NOT_HOME"),
        scan(RETURNING, "RETURN_STARTED", "23T10:00", location="BRU", source="bpost"),
        scan(ANNOUNCED, "ANNOUNCED", "24T02:00", source="partner"),
        scan(PICKUP, "AVAILABLE_FOR_PICKUP", "24T03:00", location="Mechelen, BE", source="bpost"),
        scan(REUSED, "DELIVERED", "2025-10-01T08:00:00+00:00", location="Gent", source="bpost"),
        scan(REUSED, "HUB_PROCESSED", "24T01:00", location="LGG"),
        scan(LOST, "LOST", "20T08:00", source="bpost", reason="CAR_LOST"),
        scan(ON_TRAIN, "LINEHAUL_DEPARTED", "12T06:00", lane="CKG-rail-LGG-DE-DHL", linehaul="X8155/2026-11-12",
             location="CNCKG", source="rail"),
        scan(DAY_ONLY, "HUB_RECEIVED", "2026-11-23", location="BRU", lane="SZX-air-BRU-NL-PostNL",
             promised_at="2026-11-22", reported_at=instant("23T20:00")),
        scan(SILENT, "HUB_RECEIVED", "24T03:40", location="LGG", source="pvg-hub"),
        scan(ASKED_BACK, "HUB_RECEIVED", "24T02:00", location="LGG"),
        scan(ASKED_BACK, "EXC_INFO_REQUIRED", "24T04:00", reason="SHP_DATA"),
        scan(WEATHER, "OUT_FOR_DELIVERY", "24T05:00", source="bpost"),
        scan(WEATHER, "EXC_DELAYED", "24T06:10", reason="WEATHER", location="Namur, BE", source="bpost"),
        scan(FOREIGN, "OUT_FOR_DELIVERY", "24T05:40", partner="jitu", source="bpost"),
        *(scan(number, "IMPORT_CUSTOMS_RELEASED" if place < 9 else "HUB_RECEIVED", "24T01:00", location="LGG", **on)
          for place, number in enumerate(NEIGHBOURS)),
    ]  # fmt: skip


async def build(store: Store) -> None:
    """Put the world into a store; what is late at `NOW` is marked late."""
    values = {"language": "zh-Hans", "time_zone": "Asia/Shanghai", "calendar": "CN"}
    rows = [{"code": code, "name": code, **values} for code in ("cainiao", "jitu")]
    await store.write(lambda conn: conn.execute(partner.insert(), rows))
    standards = Standards()
    intake = Ingest(store, MovableClock(NOW), standards=standards)
    events = sorted([*_flight(), *_second_flight(), *_parcels()], key=lambda event: str(event["reported_at"]))
    for part in (events[:1], events[1:]):  # the old life of the number that was used again comes first
        _, errors = await intake.take_objects(part, partner=None, source="world")
        assert not errors, errors
    await store.write(lambda conn: take_due(conn, NOW, limit=1000, standards=standards))

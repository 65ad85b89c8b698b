"""The event sequences of the trade, all of them, through the real ingest."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from bot.tracking.codes import State
from bot.tracking.tables import event, parcel
from tests.tracking.conftest import Room, haul_event, scan

CASES = {case["name"]: case for case in json.loads(
    (Path(__file__).parent / "data" / "event_sequences.json").read_text(encoding="utf-8"))}
OF_MOVEMENTS = {"movement event fans out", "off-loaded bag"}
"""These speak of many parcels: below."""
NUMBER = "LX123456785CN"


def line(given: dict[str, Any]) -> dict[str, Any]:
    voided = given["milestone"] == "VOID"
    made = scan(NUMBER, given["milestone"], given["occurred_at"], reported_at=given["received_at"],
                source=given["source"])
    made |= {key: given[key] for key in ("reason", "code") if key in given}
    made["event_id"] = given.get("source_event")
    if voided:
        made |= {"milestone": None, "voids": f"e{given['voids']}", "event_id": None}
    return made


def count(state: State) -> Any:
    def unit(conn: Connection) -> int:
        return conn.execute(select(func.count()).select_from(event).where(event.c.state == state)).scalar_one()
    return unit


@pytest.mark.parametrize("name", sorted(set(CASES) - OF_MOVEMENTS))
async def test_sequence(room: Room, name: str) -> None:
    case = CASES[name]
    lines = [line(given) for given in case["events"]]
    if name == "voided delivery":
        lines[0]["event_id"] = "e1"
    for one in lines:
        await room.report(one)
    view = await room.parcel(NUMBER)
    seen: dict[str, Any] = {
        "status": view.milestone, "stage": view.stage, "final": view.final, "attempts": view.attempts,
        "open_holds": list(view.holds), "visible_events": len(view.events), "events": len(view.events),
        "quarantined": await room.read(count(State.QUARANTINED)),
        "superseded": await room.read(count(State.SUPERSEDED)),
    }
    assert view.status_at is None or view.status_at.isoformat()
    for key, value in case["expect"].items():
        if key in ("delivered_at", "occurred_at"):
            assert view.status_at is not None
            assert view.status_at.isoformat().replace("+00:00", "Z")[:16] == value[:16]
        elif key in ("flags", "also"):
            assert set(value) <= view.flags
        else:
            assert seen[key] == value, key


async def test_a_movements_event_is_one_row_seen_by_all_its_parcels(room: Room) -> None:
    numbers = [f"UA{number:09d}CN" for number in range(300)]
    await room.report(*(scan(one, "LINEHAUL_TENDERED", "2026-11-10T01:00Z", linehaul="172-12345675")
                        for one in numbers))
    before = await room.read(lambda conn: conn.execute(select(parcel).order_by(parcel.c.id)).all())
    counts = await room.report(haul_event("CV7911/2026-11-10", "LINEHAUL_DEPARTED", contains=["172-12345675"]))
    assert counts.new == 1
    assert await room.read(lambda conn: conn.execute(select(parcel).order_by(parcel.c.id)).all()) == before
    assert await room.read(count(State.VALID)) == len(numbers) + 1
    for number in numbers[::100]:
        assert (await room.parcel(number)).milestone == "LINEHAUL_DEPARTED"
    flight = await room.haul("CV7911")
    assert (flight.parcels, flight.by_stage) == (300, {"LINEHAUL_DEPARTED": 300})


@pytest.mark.parametrize("departed_first", [True, False])
async def test_an_off_loaded_pallet_stays_behind(room: Room, departed_first: bool) -> None:
    flight = "CA1041/2026-11-10"
    await room.report(
        scan("UA000000001CN", "LINEHAUL_TENDERED", "2026-11-10T01:00Z", linehaul="PMC54321CA"),
        scan("UA000000002CN", "LINEHAUL_TENDERED", "2026-11-10T01:00Z", linehaul="AKE12345CA"),
        haul_event(flight, "INFO_UPDATE", "2026-11-10T02:00Z", contains=["PMC54321CA", "AKE12345CA"]),
    )
    off = haul_event("PMC54321CA", "EXC_OFFLOADED", "2026-11-10T10:40Z", reported_at="2026-11-10T12:00Z")
    left = haul_event(flight, "LINEHAUL_DEPARTED", "2026-11-10T10:15Z")
    for one in (left, off) if departed_first else (off, left):
        await room.report(one)
    assert (await room.parcel("UA000000001CN")).milestone == "LINEHAUL_TENDERED"
    assert (await room.parcel("UA000000002CN")).milestone == "LINEHAUL_DEPARTED"
    await room.report(
        haul_event("CA1043/2026-11-11", "LINEHAUL_DEPARTED", "2026-11-11T10:15Z", contains=["PMC54321CA"]))
    again = await room.parcel("UA000000001CN")
    assert again.milestone == "LINEHAUL_DEPARTED"
    assert again.linehaul is not None
    assert again.linehaul.key == "CA1043/2026-11-11"

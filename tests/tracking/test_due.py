"""The sweep: what became due is late once, what has gone on is due later, and what arrives ends it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.delays import Due, Severity, Subject
from bot.tracking.tables import lateness, linehaul, parcel, parcel_due
from tests.tracking.conftest import START, Room, haul_event, scan

H = timedelta(hours=1)
NUMBER = "LX123456785CN"
FLIGHT = "CV7911/2026-11-25"


def at(hours: float) -> str:
    return (START + hours * H).isoformat()


@dataclass(frozen=True, slots=True)
class Sorting:
    """Standards of which a test knows everything: every scan before sorting must be followed by it within 4 h."""

    asked: list[Subject] = field(default_factory=list)

    def owed(self, subject: Subject, now: datetime | None = None) -> list[Due]:
        self.asked.append(subject)
        if subject.kind != "parcel" or subject.final or (subject.stage or 0) >= 120 or subject.status_at is None:
            return []
        return [Due(subject.status_at + 4 * H, "HUB_PROCESSED", "D16", Severity.MEDIUM)]


@pytest.fixture
def sorting(room: Room) -> Room:
    room.standards = Sorting()  # type: ignore[assignment]
    return room


async def test_late_is_said_once_and_shown(sorting: Room) -> None:
    await sorting.report(scan(NUMBER, "HUB_RECEIVED", at(0), lane="PVG-air-LGG-BE-bpost", linehaul="172-12345675"))
    assert await sorting.sweep(3 * H) == ()
    (one,) = await sorting.sweep(2 * H)
    assert (one.subject_kind, one.key, one.rule, one.milestone, one.late_since) == (
        "parcel", NUMBER, "D16", "HUB_PROCESSED", START + 4 * H)
    assert (one.hub, one.mode, one.country, one.lane, one.replaces) == (
        "LGG", "air", "BE", "PVG-air-LGG-BE-bpost", None)
    assert one.linehaul_id is not None
    assert await sorting.sweep(H) == ()
    view = await sorting.parcel(NUMBER)
    assert (view.late_since, view.late_rule, view.due_at) == (START + 4 * H, "D16", None)


async def test_becoming_late_leaves_the_parcels_row_alone(sorting: Room) -> None:
    await sorting.report(scan(NUMBER, "HUB_RECEIVED", at(0), promised_at=at(20)))
    before = await sorting.read(lambda conn: conn.execute(select(parcel)).one())
    assert len(await sorting.sweep(5 * H)) == 1
    assert await sorting.read(lambda conn: conn.execute(select(parcel)).one()) == before


async def test_an_event_that_does_not_end_it_leaves_the_same_lateness(sorting: Room) -> None:
    await sorting.report(scan(NUMBER, "HUB_RECEIVED", at(0), linehaul="172-12345675"))
    await sorting.sweep(5 * H)
    before = await sorting.read(lambda conn: conn.execute(select(lateness)).one())
    await sorting.report(scan(NUMBER, "EXC_DELAYED", at(5), linehaul="172-12345686"))
    after = await sorting.read(lambda conn: conn.execute(select(lateness)).one())
    assert (after.since, after.rule, after.told_rules) == (before.since, before.rule, before.told_rules)
    assert after.linehaul_id != before.linehaul_id, "what a flight's event may end is found by what carries it now"


async def test_a_place_left_in_the_queue_for_an_earlier_one_counts_for_nothing(sorting: Room) -> None:
    await sorting.report(scan(NUMBER, "HUB_RECEIVED", at(0)))
    await sorting.report(scan(NUMBER, "IMPORT_CUSTOMS_RELEASED", at(-1), reported_at=at(0)))
    assert len(await queue(sorting)) == 2
    assert len(await sorting.sweep(3.5 * H)) == 1
    sorting.standards.asked.clear()  # type: ignore[attr-defined]
    assert await sorting.sweep(H) == ()
    assert (sorting.standards.asked, await queue(sorting)) == ([], [])  # type: ignore[attr-defined]


async def test_two_late_parcels_that_are_one_are_late_once(sorting: Room) -> None:
    await sorting.report(scan(NUMBER, "HUB_RECEIVED", at(0)), scan("UA000000004CN", "HUB_RECEIVED", at(-1)))
    assert len(await sorting.sweep(6 * H)) == 2
    await sorting.report(scan(NUMBER, "EXC_DELAYED", at(6), aliases=["UA000000004CN"]))
    (gone,) = sorting.ended
    (left,) = await sorting.read(lambda conn: conn.execute(select(lateness.c.parcel_id)).scalars().all())
    assert gone.id != left == (await sorting.parcel("UA000000004CN")).id
    assert await sorting.sweep(24 * H) == ()
    assert await queue(sorting) == []


async def queue(room: Room) -> Sequence[Any]:
    return await room.read(lambda conn: conn.execute(select(parcel_due)).all())


async def test_what_arrives_ends_it_and_the_observer_hears_in_the_same_transaction(sorting: Room) -> None:
    await sorting.report(scan(NUMBER, "HUB_RECEIVED", at(0)))
    await sorting.sweep(5 * H)
    await sorting.report(scan(NUMBER, "EXC_DELAYED", at(5)))
    assert sorting.ended == []
    await sorting.report(scan(NUMBER, "HUB_PROCESSED", at(5)))
    (one,) = sorting.ended
    assert (one.subject_kind, one.rule, one.milestone, one.at) == ("parcel", "D16", "HUB_PROCESSED", START + 5 * H)
    assert (await sorting.parcel(NUMBER)).late_since is None


async def test_an_event_that_moves_a_parcel_on_moves_what_is_due(sorting: Room) -> None:
    await sorting.report(scan(NUMBER, "HUB_RECEIVED", at(0)))
    assert (await sorting.parcel(NUMBER)).due_at == START + 4 * H
    await sorting.report(scan(NUMBER, "IMPORT_CUSTOMS_RELEASED", at(-1), reported_at=at(0)))
    assert (await sorting.parcel(NUMBER)).due_at == START + 3 * H
    await sorting.report(scan(NUMBER, "DELIVERED", at(0)))
    view = await sorting.parcel(NUMBER)
    assert (view.due_at, view.due_milestone) == (None, None)


async def test_a_correction_that_takes_the_cause_away_ends_lateness_without_a_milestone(sorting: Room) -> None:
    await sorting.report(scan(NUMBER, "HUB_RECEIVED", at(0), event_id="x1"))
    await sorting.sweep(5 * H)
    await sorting.report(scan(NUMBER, "HUB_RECEIVED", at(4), reported_at=at(5), event_id="x1"))
    (one,) = sorting.ended
    assert (one.milestone, one.at) == (None, None)
    assert (await sorting.parcel(NUMBER)).due_at == START + 8 * H


async def test_the_carriers_events_touch_no_parcel_but_the_sweep_knows_them(sorting: Room) -> None:
    await sorting.report(scan(NUMBER, "LINEHAUL_TENDERED", at(0), linehaul=FLIGHT),
                         haul_event(FLIGHT, "LINEHAUL_DEPARTED", at(0)))
    before = await sorting.read(lambda conn: conn.execute(select(parcel)).one())
    sorting.clock.advance(3 * H)
    await sorting.report(haul_event(FLIGHT, "LINEHAUL_ARRIVED", at(3)))
    assert await sorting.read(lambda conn: conn.execute(select(parcel)).one()) == before
    assert await sorting.sweep(2 * H) == ()
    assert (await sorting.parcel(NUMBER)).due_at == START + 7 * H
    (one,) = await sorting.sweep(3 * H)
    assert one.late_since == START + 7 * H


async def test_a_carriers_event_ends_the_lateness_of_what_it_carries(sorting: Room) -> None:
    await sorting.report(*(scan(f"UA00000000{n}CN", "LINEHAUL_TENDERED", at(0), linehaul="172-12345675")
                           for n in range(3)),
                         haul_event(FLIGHT, "INFO_UPDATE", at(0), contains=["172-12345675"]))
    assert len(await sorting.sweep(5 * H)) == 3
    sorting.clock.advance(H)
    await sorting.report(haul_event("172-12345675", "HUB_PROCESSED", at(6)))
    assert {(one.subject_kind, one.rule, one.milestone) for one in sorting.ended} == {
        ("parcel", "D16", "HUB_PROCESSED")}
    assert len(sorting.ended) == 3


async def test_at_most_as_many_as_asked_the_longest_due_first(sorting: Room) -> None:
    await sorting.report(*(scan(f"UA00000000{n}CN", "HUB_RECEIVED", at(-n)) for n in range(5)))
    first = await sorting.sweep(5 * H, limit=2)
    assert [one.key for one in first] == ["UA000000004CN", "UA000000003CN"]
    assert len(await sorting.sweep(limit=10)) == 3
    assert await sorting.sweep() == ()


PLAN = {"LINEHAUL_DEPARTED": at(-2), "LINEHAUL_ARRIVED": at(10)}


async def planned_flight(room: Room) -> None:
    await room.report(
        haul_event(FLIGHT, "INFO_UPDATE", at(-20), plan=PLAN, contains=["172-12345675"], lane="PVG-air-LGG"),
        haul_event(FLIGHT, "LINEHAUL_DEPARTED", at(-1.5)),
    )


async def test_a_flight_told_to_arrive_late_is_late_and_mended_when_told_better(room: Room) -> None:
    await planned_flight(room)
    assert await room.sweep() == ()
    await room.report(haul_event(FLIGHT, "ETA_CHANGED", at(0), plan={"LINEHAUL_ARRIVED": at(18)}))
    (one,) = await room.sweep()
    assert (one.subject_kind, one.key, one.rule, one.linehaul_id) == ("linehaul", FLIGHT, "D06", one.id)
    view = await room.haul("CV7911")
    assert (view.planned_arrival, view.expected_arrival) == (START + 10 * H, START + 18 * H)
    room.clock.advance(H)
    await room.report(haul_event(FLIGHT, "ETA_CHANGED", at(1), plan={"LINEHAUL_ARRIVED": at(11)}))
    (ended,) = room.ended
    assert (ended.subject_kind, ended.rule, ended.milestone) == ("linehaul", "D06", None)
    assert (await room.haul("CV7911")).late_since is None


async def test_a_late_flight_that_arrives_is_over_once(room: Room) -> None:
    await planned_flight(room)
    assert [one.rule for one in await room.sweep(14 * H)] == ["D06"]
    await room.report(haul_event(FLIGHT, "LINEHAUL_ARRIVED", at(14)))
    assert [(one.subject_kind, one.milestone) for one in room.ended] == [("linehaul", "LINEHAUL_ARRIVED")]
    assert await room.sweep(H) == ()


async def test_plans_count_by_when_they_were_told_not_when_they_came(room: Room) -> None:
    told = [haul_event(FLIGHT, "INFO_UPDATE", at(-20), plan=PLAN),
            haul_event(FLIGHT, "ETA_CHANGED", at(-5), plan={"LINEHAUL_ARRIVED": at(12)}),
            haul_event(FLIGHT, "ETA_CHANGED", at(-3), plan={"LINEHAUL_ARRIVED": at(16)})]
    for one in (told[2], told[0], told[1]):
        await room.report(one)
    row = await room.read(lambda conn: conn.execute(select(linehaul)).one())
    view = await room.haul("CV7911")
    assert (view.planned_departure, view.planned_arrival, view.expected_arrival) == (
        START - 2 * H, START + 10 * H, START + 16 * H)
    assert row.told_at == row.plan_to

"""What is due next: each rule at its threshold, in a table, and how rules follow one another."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delays import Due, Severity, Standards, Subject, severity_of

T = datetime(2026, 11, 20, 10, tzinfo=UTC)  # a Friday
H = timedelta(hours=1)
STANDARDS = Standards()


def parcel(stage: int, **more: Any) -> Subject:
    return Subject(kind="parcel", milestone="M", stage=stage, status_at=T, **{"mode": "air", "country": "BE", **more})


def flight(**more: Any) -> Subject:
    values = {"planned_departure": T, "planned_arrival": T + 12 * H, "mode": "air", **more}
    return Subject(kind="movement", milestone=None, stage=None, status_at=None, **values)


def due(subject: Subject, now: datetime | None = None) -> Due:
    found = STANDARDS.next_due(subject, now)
    assert found is not None
    return found


PARCELS: list[tuple[str, Subject, timedelta, str]] = [
    ("D02", parcel(20), 48 * H, "ORIGIN_ACCEPTED"),
    ("D02", parcel(45), 48 * H, "EXPORT_CUSTOMS_STARTED"),
    ("D03", parcel(52, hold="EXPORT_CUSTOMS_HELD", held_since=T), 24 * H, "EXPORT_CUSTOMS_RELEASED"),
    ("D10", parcel(80), 12 * H, "HUB_RECEIVED"),
    ("D10", parcel(80, mode="rail"), 72 * H, "HUB_RECEIVED"),
    ("D12", parcel(90), 24 * H, "IMPORT_CUSTOMS_RELEASED"),
    ("D12", parcel(100), 24 * H, "IMPORT_CUSTOMS_RELEASED"),
    ("D14", parcel(105, hold="IMPORT_CUSTOMS_HELD", held_since=T), 7 * 24 * H, "IMPORT_CUSTOMS_RELEASED"),
    ("D16", parcel(110), 24 * H, "HUB_PROCESSED"),
    ("D18", parcel(130), 4 * 24 * H, "LASTMILE_RECEIVED"),
    ("D19", parcel(145), 4 * 24 * H, "AVAILABLE_FOR_PICKUP"),
    ("D19", parcel(150, country="FI"), 11 * 24 * H, "AVAILABLE_FOR_PICKUP"),
    ("D24", parcel(170, promised_at=T + 5 * H), 5 * H, "DELIVERED"),
]


@pytest.mark.parametrize(("rule", "subject", "after", "milestone"), PARCELS)
def test_a_parcel_owes_the_end_of_its_leg(rule: str, subject: Subject, after: timedelta, milestone: str) -> None:
    found = due(subject)
    assert (found.rule, found.at, found.milestone) == (rule, T + after, milestone)


@pytest.mark.parametrize(
    "subject",
    [
        parcel(180, final=True, promised_at=T), parcel(210, promised_at=T), parcel(112), parcel(170),
        Subject(kind="parcel", milestone=None, stage=None, status_at=None),
        Subject(kind="bag", milestone="M", stage=70, status_at=T),
        flight(arrived_at=T), replace(flight(), stage=80),
        flight(planned_departure=None, planned_arrival=None),
    ],
)
def test_nothing_is_owed(subject: Subject) -> None:
    assert STANDARDS.next_due(subject) is None


def test_a_parcel_without_scan_still_has_its_promise() -> None:
    subject = Subject(kind="parcel", milestone=None, stage=None, status_at=None, promised_at=T)
    assert due(subject).rule == "D24"


def test_the_earliest_deadline_comes_first_and_a_told_one_is_not_due_again() -> None:
    subject = parcel(90, promised_at=T + 10 * H)
    assert due(subject).rule == "D24"
    told = replace(subject, passed=frozenset({"D24"}), late_since=T + 10 * H)
    assert due(told).rule == "D12"
    both = replace(subject, passed=frozenset({"D12"}), late_since=T + 24 * H)
    assert STANDARDS.next_due(both) is None, "what was due before the deadline it is late by has been told"


def test_a_parcel_whose_linehaul_has_not_arrived_is_looked_at_again_and_never_late() -> None:
    flying = parcel(70)
    first = due(flying)
    assert first.at == T + 24 * H
    assert due(flying, first.at).at == first.at + 6 * H
    assert due(replace(flying, mode="rail"), T + 40 * 24 * H).at == T + 41 * 24 * H
    landed = parcel(80)
    assert due(landed, T + 30 * H).at == T + 12 * H, "once it has landed the deadline holds"


def test_a_flight_owes_its_departure_then_its_arrival() -> None:
    assert (due(flight()).rule, due(flight()).at) == ("D05", T + H)
    gone = flight(departed_at=T)
    assert (due(gone).rule, due(gone).at, due(gone).severity) == ("D06", T + 15 * H, Severity.MEDIUM)
    still_there = flight(passed=frozenset({"D05"}))
    assert due(still_there).rule == "D06"


@pytest.mark.parametrize(
    ("late", "rule_at", "severity"),
    [(2 * H, T + 15 * H, Severity.MEDIUM), (4 * H, T + 2 * H, Severity.MEDIUM), (9 * H, T + 2 * H, Severity.HIGH)],
)
def test_a_carrier_who_says_it_will_be_late_is_believed(late: timedelta, rule_at: datetime, severity: Severity) -> None:
    found = due(flight(departed_at=T, expected_arrival=T + 12 * H + late, told_at=T + 2 * H))
    assert (found.rule, found.at, found.severity) == ("D06", rule_at, severity)


def test_a_train_has_a_day_of_grace_and_no_departure_rule() -> None:
    train = flight(mode="rail", planned_arrival=T + 400 * H)
    assert (due(train).rule, due(train).at) == ("D09", T + 424 * H)


def test_a_movement_without_plan_is_silent_after_its_usual_time() -> None:
    silent = flight(planned_departure=None, planned_arrival=None, departed_at=T)
    assert (due(silent).rule, due(silent).at) == ("D08", T + 21 * H)
    train = replace(silent, mode="rail")
    assert due(train).at == T + (20 * 24 + 48) * H


def test_the_graces_are_settings() -> None:
    strict = Standards(air_grace=H, rail_grace=2 * H)
    found = strict.next_due(flight(departed_at=T))
    assert found is not None
    assert found.at == T + 13 * H


@pytest.mark.parametrize(
    ("rule", "late_by", "severity"),
    [
        ("D05", 2 * H, Severity.MEDIUM), ("D05", 7 * H, Severity.HIGH), ("D06", 8 * H, Severity.MEDIUM),
        ("D06", 9 * H, Severity.HIGH), ("D09", 71 * H, Severity.MEDIUM), ("D09", 73 * H, Severity.HIGH),
        ("D14", H, Severity.HIGH), ("D24", 900 * H, Severity.MEDIUM), ("D02", H, Severity.LOW),
    ],
)
def test_severity_comes_from_the_rule_and_from_how_late(rule: str, late_by: timedelta, severity: Severity) -> None:
    assert severity_of(rule, late_by) is severity


STAGES = [10, 20, 30, 40, 45, 50, 52, 55, 60, 70, 72, 74, 80, 90, 100, 105, 110, 112, 120, 130, 140, 145, 150, 160, 165]


@given(
    stage=st.sampled_from(STAGES), mode=st.sampled_from(["air", "rail", "truck", None]),
    country=st.sampled_from(["BE", "DE", "GR", "US", None]), hours=st.integers(0, 2_000),
    promise=st.one_of(st.none(), st.integers(-100, 900)),
    hold=st.sampled_from([None, "IMPORT_CUSTOMS_HELD", "EXPORT_CUSTOMS_HELD", "EXC_HELD"]),
)
def test_a_sweep_always_comes_to_an_end(  # whatever a parcel is, it is late at most once by each rule, then waits
    stage: int, mode: str | None, country: str | None, hours: int, promise: int | None, hold: str | None
) -> None:
    now = T + hours * H
    subject = parcel(
        stage, mode=mode, country=country, promised_at=None if promise is None else T + promise * H,
        hold=hold, held_since=T if hold else None,
    )
    told: list[str] = []
    while (found := STANDARDS.next_due(subject, now)) is not None and found.at <= now:
        told.append(found.rule)
        subject = replace(subject, passed=frozenset({found.rule}), late_since=found.at)
    assert len(told) == len(set(told)) <= 2

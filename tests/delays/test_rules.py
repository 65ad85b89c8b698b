"""What is owed: each rule at its threshold, in a table."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

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
    return min(STANDARDS.owed(subject, now), key=lambda one: one.at)


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
        flight(arrived_at=T), flight()._replace(stage=80), parcel(90, final=True),
        flight(planned_departure=None, planned_arrival=None),
    ],
)
def test_nothing_is_owed(subject: Subject) -> None:
    assert STANDARDS.owed(subject) == []


def test_a_parcel_without_scan_still_has_its_promise() -> None:
    subject = Subject(kind="parcel", milestone=None, stage=None, status_at=None, promised_at=T)
    assert due(subject).rule == "D24"


def test_a_parcel_owes_its_promise_beside_its_leg() -> None:
    owed = STANDARDS.owed(parcel(90, promised_at=T + 10 * H))
    assert {one.rule: one.at for one in owed} == {"D24": T + 10 * H, "D12": T + 24 * H}


def test_a_parcel_whose_linehaul_has_not_arrived_is_looked_at_again_and_never_late() -> None:
    flying = parcel(70)
    first = due(flying)
    assert first.at == T + 24 * H
    assert due(flying, first.at).at == first.at + 6 * H
    assert due(flying._replace(mode="rail"), T + 40 * 24 * H).at == T + 41 * 24 * H
    landed = parcel(80)
    assert due(landed, T + 30 * H).at == T + 12 * H, "once it has landed the deadline holds"


def test_a_flight_owes_its_departure_then_its_arrival() -> None:
    assert (due(flight()).rule, due(flight()).at) == ("D05", T + H)
    gone = flight(departed_at=T)
    assert (due(gone).rule, due(gone).at, due(gone).severity) == ("D06", T + 15 * H, Severity.MEDIUM)
    assert [one.rule for one in STANDARDS.owed(flight())] == ["D05", "D06"], "one that does not leave owes both"


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
    train = silent._replace(mode="rail")
    assert due(train).at == T + (20 * 24 + 48) * H


def test_the_graces_are_settings() -> None:
    strict = Standards(air_grace=H, rail_grace=2 * H)
    assert [one.at for one in strict.owed(flight(departed_at=T))] == [T + 13 * H]


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

"""When a parcel may be delivered: a range with a share, from the standards of the rest of the way."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.delays import Standards, Subject

T = datetime(2026, 11, 20, 10, tzinfo=UTC)  # a Friday
H = timedelta(hours=1)
STANDARDS = Standards()


def parcel(stage: int | None, **more: Any) -> Subject:
    values = {"mode": "air", "country": "BE", "status_at": T, **more}
    return Subject(kind="parcel", milestone="M", stage=stage, **values)


def test_a_parcel_handed_over_on_friday_comes_on_monday_or_tuesday() -> None:
    found = STANDARDS.estimate(parcel(130), T)
    assert found is not None
    assert (found.earliest.date(), found.latest.date()) == (date(2026, 11, 23), date(2026, 11, 24))
    assert (found.share, found.basis) == (0.8, "standards")


def test_the_plan_of_the_linehaul_counts_more_than_the_standard() -> None:
    late = STANDARDS.estimate(parcel(70, planned_arrival=T + 12 * H, expected_arrival=T + 100 * H), T)
    usual = STANDARDS.estimate(parcel(70, planned_arrival=T + 12 * H), T)
    assert late is not None
    assert usual is not None
    assert late.earliest > T + 100 * H > usual.earliest


def test_a_customs_hold_takes_days_and_a_hold_of_unknown_end_has_no_estimate() -> None:
    free, held = (STANDARDS.estimate(parcel(100, hold=hold), T) for hold in (None, "IMPORT_CUSTOMS_HELD"))
    assert free is not None
    assert held is not None
    assert held.latest > free.latest
    assert STANDARDS.estimate(parcel(100, hold="EXC_INFO_REQUIRED"), T) is None


def test_nothing_honest_can_be_said_at_the_end_on_the_way_back_or_without_scan() -> None:
    for subject in (
        parcel(None), parcel(180, final=True), parcel(210), parcel(112), parcel(170), parcel(130, country="US"),
        parcel(130, country=None), Subject(kind="movement", milestone="M", stage=70, status_at=T),
    ):
        assert STANDARDS.estimate(subject, T) is None


def test_rail_is_a_matter_of_weeks() -> None:
    found = STANDARDS.estimate(parcel(70, mode="rail"), T)
    assert found is not None
    assert timedelta(days=10) < found.earliest - T < timedelta(days=20) < found.latest - T < timedelta(days=30)


@given(
    stage=st.sampled_from([10, 20, 30, 45, 55, 60, 70, 80, 90, 100, 110, 120, 130, 150, 160]),
    country=st.sampled_from(["BE", "NL", "DE", "GR", "GB"]), mode=st.sampled_from(["air", "rail", "truck"]),
    late=st.integers(0, 1_000),
)
def test_a_range_lies_ahead_and_never_shrinks_below_nothing(stage: int, country: str, mode: str, late: int) -> None:
    now = T + late * H
    found = STANDARDS.estimate(parcel(stage, country=country, mode=mode), now)
    assert found is not None
    assert now <= found.earliest <= found.latest

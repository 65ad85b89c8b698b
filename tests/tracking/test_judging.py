"""A parcel that a sweep looks at again and again: each of its deadlines is told once, the earliest first."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delays import Standards
from bot.store.schema import to_micros
from bot.tracking.codes import MILESTONE
from bot.tracking.ingest.judging import take_parcel
from bot.tracking.naming import LaneParts
from bot.tracking.parcelstate import ParcelState

T = datetime(2026, 11, 20, 10, tzinfo=UTC)  # a Friday
H = timedelta(hours=1)
STANDARDS = Standards()
AIR = LaneParts(mode="air", hub="LGG", country="BE")
UNDER_WAY = sorted(set(MILESTONE.values()) & set(range(10, 170)))


def parcel(stage: int, **more: Any) -> ParcelState:
    state = ParcelState.new(1, "X", to_micros(T))
    state.milestone, state.status_at = stage, to_micros(T)
    for name, value in more.items():
        setattr(state, name, value)
    return state


def told(state: ParcelState, lane: LaneParts, now: datetime) -> list[tuple[str, str | None]]:
    """Rules it becomes late by, each with the one it replaces."""
    found = []
    while (taken := take_parcel(state, lane, (None, None), standards=STANDARDS, now=to_micros(now))) is not None:
        found.append((taken[0].rule, taken[2]))
    return found


def test_the_earliest_deadline_is_told_first_and_none_of_them_twice() -> None:
    state = parcel(90, promised_at=to_micros(T + 10 * H))
    assert told(state, AIR, T + 9 * H) == []
    assert state.due_at == to_micros(T + 10 * H)
    assert told(state, AIR, T + 11 * H) == [("D24", None)]
    assert told(state, AIR, T + 25 * H) == [], "nothing is owed beside a missed promise"
    assert state.due_at is None


def test_a_promise_missed_after_a_leg_takes_its_place() -> None:
    state = parcel(90, promised_at=to_micros(T + 30 * H))
    assert told(state, AIR, T + 25 * H) == [("D12", None)]
    assert (state.due_at, state.owed_at) == (to_micros(T + 30 * H), to_micros(T + 30 * H))
    assert told(state, AIR, T + 31 * H) == [("D24", "D12")]


@settings(deadline=None)  # the first to ask loads a year's holidays
@given(
    stage=st.sampled_from(UNDER_WAY), mode=st.sampled_from(["air", "rail", "truck", None]),
    country=st.sampled_from(["BE", "DE", "GR", "US", None]), hours=st.integers(0, 2_000),
    promise=st.one_of(st.none(), st.integers(-100, 900)),
    hold=st.sampled_from([None, "IMPORT_CUSTOMS_HELD", "EXPORT_CUSTOMS_HELD", "EXC_HELD"]),
)
def test_a_sweep_always_comes_to_an_end(  # whatever a parcel is, it is late at most once by each rule, then waits
    stage: int, mode: str | None, country: str | None, hours: int, promise: int | None, hold: str | None
) -> None:
    state = parcel(
        stage, promised_at=None if promise is None else to_micros(T + promise * H),
        hold=None if hold is None else MILESTONE[hold], held_since=to_micros(T) if hold else None,
    )
    now = T + hours * H
    rules = [rule for rule, _ in told(state, LaneParts(mode=mode, country=country), now)]
    assert len(rules) == len(set(rules)) <= 2
    assert state.due_at is None or state.due_at > to_micros(now)

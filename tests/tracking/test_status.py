"""The event sequences of the trade: what a parcel's status is after each."""

import json
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.schema import to_micros
from bot.tracking.codes import MILESTONE, MILESTONE_NAMES, REASON, Precision
from bot.tracking.parcelstate import ParcelState
from bot.tracking.snapshot import advance, settle
from bot.tracking.status import HALF_DAY, Fact, judge

SNAPSHOT = ("milestone", "status_at", "customs", "customs_at", "hold", "hold_reason", "held_since")

CASES = {case["name"]: case for case in json.loads(
    (Path(__file__).parent / "data" / "event_sequences.json").read_text(encoding="utf-8"))}
THROUGH_INGEST = {
    "exact duplicate", "corrected time", "voided delivery", "future event", "movement event fans out", "off-loaded bag",
}
"""These are about identity or containment: tested through the real ingest."""


def fact(event: dict[str, Any]) -> Fact:
    day = event.get("precision") == "day"
    return Fact(
        key=event["id"], milestone=MILESTONE[event["milestone"]],
        at=micros(event["occurred_at"]) + (HALF_DAY if day else 0), received=micros(event["received_at"]),
        precision=Precision.DAY if day else Precision.SECOND, source=event["source"],
        reason=REASON.get(event.get("reason", "")), quality=int(event["occurred_at"] > event["received_at"]),
    )


def micros(text: str) -> int:
    instant = datetime.fromisoformat(text)
    return to_micros(instant if instant.tzinfo else instant.replace(tzinfo=UTC))


@pytest.mark.parametrize("name", sorted(set(CASES) - THROUGH_INGEST))
def test_sequence(name: str) -> None:
    case = CASES[name]
    status = judge([fact(event) for event in case["events"]])
    seen = {
        "status": MILESTONE_NAMES.get(status.milestone or 0), "stage": status.milestone, "final": status.final,
        "attempts": status.attempts, "open_holds": list(status.holds), "visible_events": len(status.visible),
    }
    for key, value in case["expect"].items():
        if key == "delivered_at":
            assert status.at == micros(value)
        elif key in ("flags", "also"):
            assert set(value) <= status.flags
        else:
            assert seen[key] == value, key


def at(hour: int, milestone: str, **more: Any) -> Fact:
    instant = micros("2026-11-10T00:00Z") + hour * 3_600_000_000
    return Fact(key=hour, milestone=MILESTONE[milestone], at=instant, received=instant, **more)


def reached(*facts: Fact) -> str:
    return MILESTONE_NAMES.get(judge(facts).milestone or 0, "nothing")


@pytest.mark.parametrize(("facts", "expected"), [
    ([], "nothing"),
    ([at(1, "EXC_DELAYED"), at(2, "INFO_UPDATE")], "nothing"),
    ([at(1, "DELIVERED"), at(2, "RETURN_STARTED"), at(40, "DELIVERED")], "DELIVERED"),
    ([at(1, "OUT_FOR_DELIVERY"), at(2, "RETURN_STARTED"), at(3, "LASTMILE_SORTED")], "RETURN_STARTED"),
    ([at(1, "RETURN_STARTED"), at(2, "RETURNED"), at(3, "RETURN_IN_TRANSIT")], "RETURNED"),
    ([at(1, "RETURNED"), at(2, "OUT_FOR_DELIVERY")], "RETURNED"),
    ([at(1, "RETURN_STARTED"), at(2, "DESTROYED")], "DESTROYED"),
    ([at(1, "LOST"), at(2, "DELIVERED")], "DELIVERED"),
    ([at(1, "IMPORT_CUSTOMS_RELEASED"), at(2, "COLLECTED")], "COLLECTED"),
    ([at(1, "IMPORT_CUSTOMS_RELEASED"), at(2, "LINEHAUL_DEPARTED"), at(3, "HUB_RECEIVED")], "IMPORT_CUSTOMS_RELEASED"),
    ([at(3, "DELIVERY_ATTEMPTED"), at(5, "AVAILABLE_FOR_PICKUP"), at(4, "OUT_FOR_DELIVERY")], "AVAILABLE_FOR_PICKUP"),
])
def test_the_rules_in_order(facts: list[Fact], expected: str) -> None:
    assert reached(*facts) == expected
    assert reached(*reversed(facts)) == expected


def test_a_hold_ends_with_a_later_stage_and_begins_again_with_a_new_one() -> None:
    held, released = at(1, "IMPORT_CUSTOMS_HELD", reason=REASON["CUS_DOCS"]), at(2, "IMPORT_CUSTOMS_RELEASED")
    again = at(3, "IMPORT_CUSTOMS_HELD", reason=REASON["CUS_VALUE"])
    assert not judge([held, released]).holds
    holds = judge([held, released, again]).holds
    assert [(MILESTONE_NAMES[one.milestone], one.reason, one.since) for one in holds] == [
        ("IMPORT_CUSTOMS_HELD", REASON["CUS_VALUE"], again.at)]


def test_a_hold_without_stage_of_its_own_ends_when_the_parcel_goes_on() -> None:
    before, held, after = at(1, "HUB_RECEIVED"), at(2, "EXC_HELD"), at(3, "HUB_PROCESSED")
    assert len(judge([before, held]).holds) == 1
    assert not judge([before, held, after]).holds


def test_an_arrival_before_departure_is_early_customs_for_nobody() -> None:
    status = judge([at(1, "IMPORT_CUSTOMS_HELD"), at(2, "LINEHAUL_DEPARTED")])
    assert status.early_customs is not None
    assert len(status.holds) == 1


def test_of_two_reports_of_one_fact_the_better_sources_is_shown() -> None:
    partner, operator = at(2, "HUB_RECEIVED", source="a", rank=2), at(2, "HUB_RECEIVED", source="b", rank=0)
    operator = operator._replace(at=(operator.at or 0) + 60_000_000, key=7)
    status = judge([partner, operator])
    assert [one.key for one in status.visible] == [7]
    assert status.at == operator.at


MILESTONES_OF_A_LIFE = [name for name in MILESTONE if name not in ("EXC_OFFLOADED",)]


@given(st.lists(st.tuples(st.sampled_from(MILESTONES_OF_A_LIFE), st.integers(0, 300), st.sampled_from("ab")),
                max_size=8, unique_by=lambda one: (one[0], one[1])), st.randoms())
def test_the_order_in_which_events_come_makes_no_difference(life: list[tuple[str, int, str]], dice: Random) -> None:
    facts = [at(hour, name, source=source, rank="ab".index(source))._replace(key=place)
             for place, (name, hour, source) in enumerate(life)]
    shuffled = list(facts)
    dice.shuffle(shuffled)
    one, other = judge(facts), judge(shuffled)
    assert (one.milestone, one.at, one.holds, one.flags, one.attempts) == (
        other.milestone, other.at, other.holds, other.flags, other.attempts)


@given(st.lists(st.tuples(st.sampled_from(MILESTONES_OF_A_LIFE), st.integers(0, 300)), max_size=10,
                unique_by=lambda one: one))
def test_a_snapshot_moved_on_event_by_event_agrees_with_the_rules(life: list[tuple[str, int]]) -> None:
    facts = [at(hour, name)._replace(key=place) for place, (name, hour) in enumerate(life)]
    own = ParcelState.new(1, "X", 0)
    for place, one in enumerate(facts):
        if not advance(own, one.milestone, one.order):
            settle(own, judge(facts[: place + 1]))
    whole = ParcelState.new(1, "X", 0)
    settle(whole, judge(facts))
    assert [getattr(own, name) for name in SNAPSHOT] == [getattr(whole, name) for name in SNAPSHOT]

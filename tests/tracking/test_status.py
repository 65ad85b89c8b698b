"""The event sequences of the trade: what a parcel's status is after each."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.store.schema import to_micros
from bot.tracking.codes import Precision, State
from bot.tracking.status import Fact, judge

CASES = {case["name"]: case for case in json.loads(
    (Path(__file__).parent / "data" / "event_sequences.json").read_text(encoding="utf-8"))}
THROUGH_INGEST = {
    "exact duplicate", "corrected time", "voided delivery", "future event", "movement event fans out", "off-loaded bag",
}
"""These are about identity or containment: tested through the real ingest."""


def fact(event: dict[str, Any]) -> Fact:
    precision = Precision.DAY if event.get("precision") == "day" else Precision.SECOND
    return Fact(
        id=event["id"], milestone=event["milestone"], at=micros(event["occurred_at"]),
        received=micros(event["received_at"]), precision=precision, source=event["source"], reason=event.get("reason"),
        skewed=event["occurred_at"] > event["received_at"],
    )


def micros(text: str) -> int:
    instant = datetime.fromisoformat(text)
    return to_micros(instant if instant.tzinfo else instant.replace(tzinfo=UTC))


@pytest.mark.parametrize("name", sorted(set(CASES) - THROUGH_INGEST))
def test_sequence(name: str) -> None:
    case = CASES[name]
    status = judge([fact(event) for event in case["events"]])
    seen = {
        "status": status.milestone, "stage": status.stage, "final": status.final, "attempts": status.attempts,
        "open_holds": list(status.holds), "visible_events": len(status.visible), "events": len(status.visible),
    }
    for key, value in case["expect"].items():
        if key == "delivered_at":
            assert status.at == micros(value)
        elif key in ("flags", "also"):
            assert set(value) <= status.flags
        else:
            assert seen[key] == value, key


def test_events_that_do_not_count_change_nothing() -> None:
    delivered = fact(CASES["scan after delivery"]["events"][0])
    voided = Fact(id=9, milestone="LOST", at=delivered.at, received=delivered.received, state=State.VOIDED)
    assert judge([delivered, voided]).milestone == "DELIVERED"

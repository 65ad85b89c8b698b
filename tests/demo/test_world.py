"""The demo world: the same for the same hour, believable, and readable by the real ingest."""

from datetime import UTC, datetime

from bot.demo.world import SHOWCASES, world
from bot.tracking.ingest import row_of
from bot.understanding.numbers import find_numbers

NOW = datetime(2026, 11, 25, 11, 20, tzinfo=UTC)


def test_the_same_hour_gives_the_same_world() -> None:
    assert list(world(NOW).feed()) == list(world(NOW).feed())


def test_nothing_is_reported_from_the_future_and_all_in_order() -> None:
    reported = [datetime.fromisoformat(line["reported_at"]) for line in world(NOW).feed()]
    assert reported == sorted(reported)
    assert max(reported) <= NOW


def test_there_are_about_five_thousand_parcels_of_two_partners_on_a_dozen_hauls() -> None:
    made = world(NOW)
    lines = list(made.feed())
    numbers = {line["tracking_number"] for line in lines if "tracking_number" in line}
    assert 4_800 < len(numbers) < 5_400
    assert {line["partner"] for line in lines if "partner" in line} == {"cainiao", "jitu"}
    assert len(made.hauls) >= 12
    assert {case.number for case in SHOWCASES} <= numbers
    assert any(haul.arrival > NOW for haul in made.hauls)


def test_every_number_keeps_its_check_digit_and_every_line_is_an_event() -> None:
    for line in list(world(NOW).feed())[::97]:
        row_of(line, now=NOW, partner=None, source="demo")
        if "tracking_number" in line:
            found = list(find_numbers(line["tracking_number"]))
            assert [(one.value, one.valid) for one in found] == [(line["tracking_number"], True)]

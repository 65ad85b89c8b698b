"""A failing service is left alone, longer each time, and tried with one question."""

from datetime import UTC, datetime, timedelta

from bot.outside.breaker import FAILURES, FIRST_PAUSE, LONGEST_PAUSE, Breaker

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


def broken() -> Breaker:
    breaker = Breaker()
    for _ in range(FAILURES):
        assert breaker.lets_through(NOW)
        breaker.failed("answered 500", NOW)
    return breaker


def test_a_few_failures_in_a_row_close_it() -> None:
    breaker = broken()
    assert not breaker.lets_through(NOW)
    assert breaker.is_closed(NOW)
    assert breaker.reason == "answered 500"


def test_one_success_forgets_the_failures_before() -> None:
    breaker = Breaker()
    for _ in range(3):
        breaker.failed("answered 500", NOW)
        breaker.well()
    assert breaker.lets_through(NOW)


def test_after_the_pause_one_question_goes_through_and_the_others_wait() -> None:
    breaker, later = broken(), NOW + FIRST_PAUSE
    assert not breaker.lets_through(later - MOMENT)
    assert [breaker.lets_through(later) for _ in range(3)] == [True, False, False]
    breaker.well()
    assert breaker.lets_through(later)


def test_a_trial_that_fails_makes_the_pause_longer() -> None:
    breaker, at = broken(), NOW
    for pause in (30, 60, 120, 240, 480, 900, 900):
        at += timedelta(seconds=pause)
        assert not breaker.lets_through(at - MOMENT)
        assert breaker.lets_through(at)
        breaker.failed("answered 500", at)
    assert not breaker.lets_through(at + LONGEST_PAUSE - MOMENT)


def test_a_trial_that_was_never_put_leaves_the_way_free_for_the_next() -> None:
    breaker, later = broken(), NOW + FIRST_PAUSE
    assert breaker.lets_through(later)
    breaker.let_go()
    assert breaker.lets_through(later)


def test_the_service_says_for_how_long() -> None:
    breaker = Breaker()
    breaker.failed("asked to be left alone (429)", NOW, pause=120)
    assert not breaker.lets_through(NOW + timedelta(seconds=119))
    assert breaker.lets_through(NOW + timedelta(seconds=120))


def test_a_fault_of_ours_closes_it_at_once() -> None:
    breaker = Breaker()
    breaker.failed("refused our key (401)", NOW, at_once=True)
    assert not breaker.lets_through(NOW)

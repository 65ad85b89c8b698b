"""The retry policy as a table: what each answer makes of each kind of message."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from bot.contracts import DeliveryOutcome, Refused, Retry, Sent, Uncertain
from bot.outbox.policy import Facts, Limits, after_crash, decide, overdue
from bot.retry import next_wait

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
LIMITS = Limits()


def facts(kind: int = 2, **more: object) -> Facts:
    values: dict[str, object] = {"attempts": 1, "uncertain": 0, "backoff": 0.0, "counted_from": NOW, **more}
    return Facts(message_class=kind, **values)  # type: ignore[arg-type]


class Edge(Random):
    """Draws one of the two bounds."""

    def __init__(self, upper: bool) -> None:
        super().__init__(0)
        self._upper = upper

    def uniform(self, a: float, b: float) -> float:
        return b if self._upper else a


WIDEST = Edge(upper=True)


@pytest.mark.parametrize(
    ("outcome", "known", "state", "recorded"),
    [
        (Sent("r1"), facts(), "sent", "sent"),
        (Retry("busy", "-1"), facts(), "ready", "retry"),
        (Retry("busy", "-1"), facts(attempts=11), "ready", "retry"),
        (Retry("busy", "-1"), facts(attempts=12), "dead", "retry"),
        (Retry("no connection"), facts(attempts=50), "ready", "retry"),  # nobody answered: its age ends it
        (Retry("HTTP 503", "503"), facts(attempts=50), "ready", "retry"),
        (Retry("HTTP 503", "503", max_tries=3), facts(attempts=3), "dead", "retry"),
        (Retry("odd", max_tries=3), facts(attempts=2), "ready", "retry"),
        (Retry("odd", max_tries=3), facts(attempts=3), "dead", "retry"),
        (Uncertain("timeout"), facts(0), "ready", "uncertain"),  # a reply: one retry
        (Uncertain("timeout"), facts(0, uncertain=1), "dead", "uncertain"),
        (Uncertain("timeout"), facts(0, uncertain=1, drops_copies=True), "ready", "uncertain"),
        (Uncertain("timeout"), facts(1, uncertain=1), "dead", "uncertain"),
        (Uncertain("timeout"), facts(2, uncertain=5), "ready", "uncertain"),  # an alert: as any retry
        (Uncertain("timeout"), facts(3, uncertain=5), "ready", "uncertain"),
        (Uncertain("timeout"), facts(3, attempts=12), "dead", "uncertain"),
        (Uncertain("timeout"), facts(4), "dead", "uncertain"),  # a survey: never twice
        (Refused("no such group", code="400101"), facts(), "dead", "refused"),
        (Refused("session gone", route_gone=True), facts(had_route=True), "ready", "refused"),
        (Refused("session gone", route_gone=True), facts(had_route=False), "dead", "refused"),
    ],
)
def test_each_answer_has_its_verdict(outcome: DeliveryOutcome, known: Facts, state: str, recorded: str) -> None:
    verdict = decide(outcome, known, now=NOW, limits=LIMITS, dice=WIDEST)
    assert (verdict.state, verdict.outcome) == (state, recorded)
    assert (verdict.available_at is not None) == (state == "ready")
    assert verdict.resent == (state == "ready" and recorded == "uncertain")


def test_waits_grow_from_two_seconds_to_five_minutes_and_are_drawn_between_two_bounds() -> None:
    waited, waits = 0.0, []
    for _ in range(7):
        waited = next_wait(waited, WIDEST)
        waits.append(waited)
    assert waits == [6, 18, 54, 162, 300, 300, 300]
    assert next_wait(100, Edge(upper=False)) == 2


def test_retry_after_is_a_floor_and_closes_the_channel() -> None:
    verdict = decide(Retry("429", after=timedelta(seconds=40)), facts(), now=NOW, limits=LIMITS, dice=WIDEST)
    assert (verdict.available_at, verdict.slow_for) == (NOW + timedelta(seconds=40), timedelta(seconds=40))
    soon = decide(Retry("429", after=timedelta(seconds=1)), facts(), now=NOW, limits=LIMITS, dice=WIDEST)
    assert soon.available_at == NOW + timedelta(seconds=6)


def test_a_channel_that_must_keep_quiet_is_closed_even_when_the_message_is_given_up() -> None:
    outcome = Retry("limited", code="410100", close_channel_for=timedelta(seconds=600))
    alert = decide(outcome, facts(2), now=NOW, limits=LIMITS, dice=WIDEST)
    assert (alert.state, alert.available_at) == ("ready", NOW + timedelta(seconds=600))
    reply = decide(outcome, facts(0), now=NOW, limits=LIMITS, dice=WIDEST)
    assert (reply.state, reply.close_for) == ("dead", timedelta(seconds=600))
    assert reply.reason == "max_age: not sent within 5 min; last: limited"


@pytest.mark.parametrize(("kind", "hours"), [(0, 5 / 60), (1, 5 / 60), (2, 6), (3, 12), (4, 12)])
def test_each_class_grows_too_old_at_its_own_age(kind: int, hours: float) -> None:
    limit = timedelta(hours=hours)
    assert overdue(kind, NOW, at=NOW + limit, limits=LIMITS) is None
    assert "max_age" in (overdue(kind, NOW, at=NOW + limit + timedelta(seconds=1), limits=LIMITS) or "")


def test_a_channel_may_have_limits_of_its_own() -> None:
    mail = Limits(max_attempts=40, max_age={0: timedelta(hours=24)})
    verdict = decide(Retry("greylisted"), facts(0, attempts=20), now=NOW + timedelta(hours=3), limits=mail, dice=WIDEST)
    assert verdict.state == "ready"
    assert overdue(2, NOW, at=NOW + timedelta(hours=7), limits=mail) is not None


def test_a_broken_destination_is_told_from_a_refused_message() -> None:
    assert decide(Refused("gone", destination_broken=True), facts(), now=NOW, limits=LIMITS, dice=WIDEST).broken
    assert not decide(Refused("too long"), facts(), now=NOW, limits=LIMITS, dice=WIDEST).broken


@pytest.mark.parametrize(
    ("kind", "attempts", "again"), [(0, 1, True), (0, 11, True), (0, 12, False), (2, 11, True), (4, 1, False)]
)
def test_after_a_crash_all_but_surveys_are_sent_again_until_the_attempts_are_used_up(
    kind: int, attempts: int, again: bool
) -> None:
    assert (after_crash(kind, attempts=attempts, limits=LIMITS) is None) == again

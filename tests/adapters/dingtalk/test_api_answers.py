"""Every answer of the OpenAPI has its outcome: a throttle waits, a broken place is named, the unknown is uncertain."""

from datetime import timedelta
from typing import Any

import pytest

from adapters.dingtalk.answers import OVER_BUDGET, TOKEN_REFUSED
from adapters.dingtalk.api_answers import Answered, old_outcome, refusal_of, spoils_cards_only
from bot.contracts import Refused, Retry, Uncertain
from tests.adapters.dingtalk.samples import sample

STATED: dict[str, dict[str, Any]] = {
    "wait at least 1 s with jitter, then retry": {"type": Retry, "after": timedelta(seconds=1)},
    "wait up to 60 s": {"type": Retry, "after": timedelta(seconds=60)},
    "platform-wide limit: back off, avoid the full hour": {"type": Retry, "after": timedelta(seconds=10)},
    "monthly quota: no retry, raise an operator alarm, switch channel": {"type": Retry, "code": None},
    "permission point missing: no retry": {"type": Refused, "destination_broken": True},
    "no retry": {"type": Refused, "destination_broken": True},
    "back off": {"type": Retry, "after": timedelta(minutes=2)},
    "split": {"type": Refused, "destination_broken": False},
    "drop this recipient": {"type": Refused, "destination_broken": True},
    "no direct chat with this user: report": {"type": Refused, "destination_broken": True},
    "retry with backoff; outcome unknown, so a duplicate is possible": {"type": Uncertain},
    "retry with backoff": {"type": Retry, "max_tries": 3},
}


def answered(status: int, body: object = None, **headers: str) -> Answered:
    return Answered(status, body if isinstance(body, dict) else {}, headers)


@pytest.mark.parametrize("case", sample("openapi_errors"), ids=lambda case: str(case["body"] and case["body"]["code"]))
def test_each_recorded_error_means_what_is_stated(case: dict[str, Any]) -> None:
    given = answered(case["status"], case["body"])
    assert not given.is_done
    if case["action"] == "drop the cached token, fetch once, retry once":
        assert given.has_stale_token
        return
    assert not given.has_stale_token
    got = refusal_of(given)
    expected = dict(STATED[case["action"]])
    assert isinstance(got, expected.pop("type"))
    for name, value in expected.items():
        assert getattr(got, name) == value, name


@pytest.mark.parametrize("code", ["130101", "410100"])
def test_a_robot_that_was_too_fast_keeps_quiet_for_ten_minutes(code: str) -> None:
    got = refusal_of(answered(400, {"code": code}))
    assert isinstance(got, Retry)
    assert got.after == timedelta(minutes=10)


@pytest.mark.parametrize(("given", "outcome"), [
    (answered(401), TOKEN_REFUSED), (answered(400, {"code": "InvalidAuthentication"}), TOKEN_REFUSED),
    (answered(200, {"errcode": 40014}), TOKEN_REFUSED), (answered(200, {"errcode": 90020}), OVER_BUDGET),
    (answered(403, {"code": "Forbidden.AccessDenied.ApiCountLimitForOrg"}), OVER_BUDGET),
])
def test_what_is_wrong_with_the_application_is_not_the_messages_fault(given: Answered, outcome: Retry) -> None:
    assert old_outcome(given) is outcome
    assert (outcome.code, outcome.after, outcome.max_tries) == (None, None, None), "it waits, and answers go on"


@pytest.mark.parametrize("given", [
    answered(200), answered(403), answered(200, {"status": 1111, "punish": "deny"}),
])
def test_a_page_instead_of_an_answer_is_a_ban_of_our_address(given: Answered) -> None:
    assert not given.is_done
    got = refusal_of(given)
    assert isinstance(got, Retry)
    assert got.close_channel_for == timedelta(minutes=5)


@pytest.mark.parametrize(("status", "kind"), [
    (500, Uncertain), (502, Uncertain), (504, Uncertain), (503, Retry), (408, Retry), (404, Retry), (401, Retry),
])
def test_failures_without_a_code(status: int, kind: type) -> None:
    assert isinstance(refusal_of(answered(status)), kind)


@pytest.mark.parametrize(("status", "code"), [
    (400, "unknown.send.result"), (503, "system.busy"), (403, "system.error"),
])
def test_when_the_platform_does_not_know_neither_do_we(status: int, code: str) -> None:
    assert isinstance(refusal_of(answered(status, {"code": code})), Uncertain)


def test_retry_after_is_obeyed() -> None:
    got = refusal_of(Answered(429, {}, {"Retry-After": "7"}))
    assert isinstance(got, Retry)
    assert got.after == timedelta(seconds=7)


@pytest.mark.parametrize("code", ["contain.unsafe.url", "contain.notAllowed.word", "param.contentUnsafe"])
def test_a_content_filter_is_final_and_breaks_nothing(code: str) -> None:
    got = refusal_of(answered(400, {"code": code, "message": "secret words"}))
    assert isinstance(got, Refused)
    assert not got.destination_broken
    assert "secret words" not in got.reason


@pytest.mark.parametrize(("code", "spoils"), [
    ("param.templateUnpublished", True), ("param.templateNotExist", True), ("param.openSpaceIdInvalid", True),
    ("Forbidden.AccessDenied.AccessTokenPermissionDenied", True), ("param.contentUnsafe", False),
    ("send.too.fast", False), ("Forbidden.AccessDenied.ApiCountLimitForOrg", False),
])
def test_what_only_a_card_cannot_have_goes_as_text(code: str, spoils: bool) -> None:
    assert spoils_cards_only(answered(400, {"code": code})) is spoils
